"""The Celery application: a broker when one is set, else files under `QUANCHENG_HOME`."""

import os
from typing import Any

from celery import Celery
from celery.signals import setup_logging, worker_process_init, worker_ready

from quancheng_sidecar.settings import Settings, settings
from quancheng_sidecar.web.beside import end_with
from quancheng_sidecar.wiring import configure_logs

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "quancheng_sidecar.web.settings")

_LOADED_IN = os.getpid()
"""The process that loaded this; to those of its pool, which are forked from it, their parent."""


def broker(own: Settings) -> dict[str, Any]:
    """Celery's settings for the broker that is configured."""
    if own.broker_url is not None:
        return {"broker_url": own.broker_url}
    queue = own.home / "queue"
    for folder in ("messages", "control"):
        (queue / folder).mkdir(parents=True, exist_ok=True)
    return {
        "broker_url": "filesystem://localhost",
        "broker_transport_options": {
            "data_folder_in": str(queue / "messages"),
            "data_folder_out": str(queue / "messages"),
            "control_folder": str(queue / "control"),
        },
    }


app = Celery("quancheng")
app.conf.update(
    **broker(settings()),
    # Not Celery's own name for it: Paperless uses that, and on one broker each would throw away the other's tasks.
    task_default_queue="quancheng",
    # State stands in the database, so results need no second place.
    task_ignore_result=True,
    # A message is given back only when its work is done; every task can be run twice.
    task_acks_late=True,
    worker_prefetch_multiplier=1,
    broker_connection_retry_on_startup=True,
    timezone=settings().timezone,
    beat_schedule_filename=str(settings().home / "beat"),
    beat_schedule={
        "resume-unfinished": {
            "task": "quancheng_sidecar.collect.tasks.resume_unfinished",
            "schedule": 600,
            "kwargs": {"older_than_s": 600},
        },
        "trace": {"task": "quancheng_sidecar.collect.tasks.trace", "schedule": 30, "options": {"expires": 30}},
        "checkpoint": {"task": "quancheng_sidecar.preserve.tasks.checkpoint", "schedule": 60},
    },
)
if settings().paperless_url is not None:
    # One process more than there are processors: keeping in step is waiting for answers, and must not wait itself until
    # a scan is read or a recording examined.
    app.conf.worker_concurrency = (os.process_cpu_count() or 1) + 1
    app.conf.beat_schedule["keep-in-step"] = {
        "task": "quancheng_sidecar.collect.tasks.keep_in_step",
        "schedule": 5,
        "options": {"expires": 5},  # one that waited this long is overtaken by the next
    }
app.autodiscover_tasks(["quancheng_sidecar.collect", "quancheng_sidecar.preserve", "quancheng_sidecar.use"])


@worker_ready.connect
def _resume(**_: object) -> None:
    # What a killed worker had in hand is not given back by the filesystem transport; the database knows it.
    app.send_task("quancheng_sidecar.collect.tasks.resume_unfinished")


@worker_process_init.connect
def _end_with_worker(**_: object) -> None:
    # Celery binds a process of its pool to the worker, but not one whose worker is dead by then: that would wait for
    # ever for a lock which another of the pool held when it was killed.
    if os.getpid() != _LOADED_IN:
        end_with(_LOADED_IN)


@setup_logging.connect
def _logs(**_: object) -> None:
    # In place of Celery's own, so that worker and beat tell what they do as the commands do.
    configure_logs()
