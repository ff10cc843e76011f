"""Recordings in, values out. No Django here."""
