"""Django app of the verb 使用."""

from django.apps import AppConfig


class UseConfig(AppConfig):
    """Search, agreement of a case, reports."""

    name = "quancheng_sidecar.use"
    label = "use"
    verbose_name = "使用"
