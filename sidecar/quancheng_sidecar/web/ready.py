"""Brings Django and the database to where services can be called."""

import fcntl
import os

import django
from django.apps import apps
from django.conf import settings as django_settings
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from quancheng_sidecar.settings import settings


def was_ready() -> bool:
    """Whether there may be anything in the database; asked by commands that also work where none was ever made."""
    own = settings()
    return own.database_url is not None or own.database_file.exists()


def ready() -> None:
    """Load Django's apps and make or upgrade the tables; cheap when there is nothing to do.

    Two processes that start at once take turns at the upgrade.
    """
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "quancheng_sidecar.web.settings")
    home = settings().home
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not (django_settings.configured and apps.ready):
        django.setup()
    with (home / "upgrade.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            call_command("migrate", verbosity=0, interactive=False)
