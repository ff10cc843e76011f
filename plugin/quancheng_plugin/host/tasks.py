"""Work that Paperless' own Celery does for the plugin."""

from celery import shared_task

from quancheng_plugin.host.sending import send_all, sidecar_of
from quancheng_plugin.settings import PluginSettings


@shared_task(ignore_result=True)
def send() -> None:
    """Send what the outbox holds, by a regular round. Safe to run twice, and at the same time."""
    sidecar = sidecar_of(PluginSettings())
    if sidecar is not None:
        send_all(sidecar)
