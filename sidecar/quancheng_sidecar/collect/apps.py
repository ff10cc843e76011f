"""Django app of the verb 收集."""

from django.apps import AppConfig


class CollectConfig(AppConfig):
    """Intake of forms and recordings."""

    name = "quancheng_sidecar.collect"
    label = "collect"
    verbose_name = "收集"
