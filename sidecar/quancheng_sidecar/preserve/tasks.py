"""Celery tasks of the verb 保存. Each can be run twice."""

from celery import shared_task

from quancheng_sidecar.preserve import log


@shared_task
def checkpoint() -> None:
    """Sign what was logged since the last time, so that no event stays unsigned for long."""
    log.checkpoint()
