"""Sign, time-stamp and verify PDF with pyHanko (PAdES, EN 319 142-1)."""
