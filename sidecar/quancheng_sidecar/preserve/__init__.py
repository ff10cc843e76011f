"""Preserve 保存 (Art. 7, 8): the store of originals and the custody log."""
