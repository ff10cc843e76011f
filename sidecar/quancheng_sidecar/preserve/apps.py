"""Django app of the verb 保存."""

from django.apps import AppConfig


class PreserveConfig(AppConfig):
    """The store of originals and the custody log."""

    name = "quancheng_sidecar.preserve"
    label = "preserve"
    verbose_name = "保存"
