"""The plugin as an app of Paperless-ngx, switched on by `PAPERLESS_APPS`."""

from django.apps import AppConfig
from django.conf import settings


class QuanchengConfig(AppConfig):
    """Outbox and guard. Without it the parsers work, but nobody is told and nothing is guarded."""

    name = "quancheng_plugin.host"
    label = "quancheng"
    verbose_name = "全程 Quancheng"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Add what Paperless has no settings for: a middleware, a regular task, receivers of signals, a warm start."""
        from quancheng_plugin.host import guard, preloading, telling  # noqa: PLC0415 - models need the apps

        settings.MIDDLEWARE = [*settings.MIDDLEWARE, "quancheng_plugin.host.acts.Acts"]
        # The very dictionary that Celery's schedule is made of: it is read later, when beat starts.
        settings.CELERY_BEAT_SCHEDULE["quancheng: send what waits"] = {  # type: ignore[misc] # Paperless' setting
            "task": "quancheng_plugin.host.tasks.send",
            "schedule": 60.0,
            "options": {"expires": 60.0},
        }
        telling.connect()
        guard.install()
        preloading.install()
