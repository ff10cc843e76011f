"""Collect 收集 (Art. 3–7): intake of forms and recordings."""
