"""Django app of the built-in archive."""

from django.apps import AppConfig


class ArchiveConfig(AppConfig):
    """Documents and record cards, kept without a document management system."""

    name = "quancheng_sidecar.archive.embedded"
    label = "archive"
    verbose_name = "档案"
