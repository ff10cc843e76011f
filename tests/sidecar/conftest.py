"""What tests with a database need beside the database."""

from collections.abc import Iterator

import pytest
from django.db import connection


@pytest.fixture(autouse=True)
def _custody_log_can_be_emptied(request: pytest.FixtureRequest) -> Iterator[None]:
    """Django empties the tables after a test that commits; the custody log refuses that, so it is emptied before."""
    marker = request.node.get_closest_marker("django_db")
    commits = "transactional_db" in request.fixturenames or bool(marker and marker.kwargs.get("transaction"))
    if not commits:
        yield
        return
    request.getfixturevalue("transactional_db")
    yield
    from quancheng_sidecar.preserve import guards  # noqa: PLC0415  Django is set up only where a test asks for it
    from quancheng_sidecar.preserve.checkpoints import copy_file  # noqa: PLC0415

    guards.remove(connection)
    with connection.cursor() as cursor:
        for table in (guards.EVENTS, guards.CHECKPOINTS):
            cursor.execute(f"DELETE FROM {table}")  # noqa: S608  constants
    guards.install(connection)
    copy_file().unlink(missing_ok=True)
