"""Tables, step by step; written by Django."""
