"""What forms exist and how they read."""
