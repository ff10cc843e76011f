"""Paperless-ngx 3 as the archive (decision 0005)."""
