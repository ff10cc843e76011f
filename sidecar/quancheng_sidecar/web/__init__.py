"""Wiring of Django and Celery."""
