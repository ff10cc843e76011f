"""Django app of the archive beside Paperless-ngx."""

from django.apps import AppConfig


class PaperlessConfig(AppConfig):
    """What the sidecar keeps in order to stay in step with Paperless."""

    name = "quancheng_sidecar.archive.paperless"
    label = "paperless"
    verbose_name = "Paperless-ngx"
