"""Commands of `manage.py`, each named as its module."""
