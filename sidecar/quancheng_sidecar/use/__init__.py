"""Use 使用 (Art. 10–13): search, agreement of a case, reports."""
