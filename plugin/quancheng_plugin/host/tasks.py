"""Work that Paperless' own Celery does for the plugin."""

from celery import shared_task

from quancheng_plugin.host.sending import send_waiting, sidecar_of
from quancheng_plugin.settings import PluginSettings


@shared_task(ignore_result=True)
def send() -> None:
    """Send what the outbox holds. Safe to run twice, and at the same time."""
    sidecar = sidecar_of(PluginSettings())
    if sidecar is not None and send_waiting(sidecar):
        send.delay()
