"""Written documents 文字记录 (Art. 3): a scan in, a signed and searchable PDF/A with its fields out."""
