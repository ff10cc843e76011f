"""Whether two recordings hold the same, and when: by bytes, coded frames, sound and pictures."""
