"""Recordings, custody and people, beside the archive of written documents."""
