"""The order of changes that the search index follows, and how far it is safe to follow.

SQLite has one writer at a time: changes are counted. PostgreSQL has many, and a transaction with a lower
number may commit after one with a higher; there a change bears the id of its transaction, and only what lies
below the oldest one still under way is settled.
"""

from django.db import connection, transaction
from django.db.models import Max

from quancheng_sidecar.archive.embedded.models import ArchivedDocument, ArchiveIdentity

_UNSETTLED_NONE = 2**63 - 1


def next_change() -> int:
    """The number for a change in the transaction under way."""
    if connection.vendor == "postgresql":
        return _asked("SELECT pg_current_xact_id()::text::bigint")
    return newest_change() + 1


def newest_change() -> int:
    """The highest number given to a document that is seen from here; 0 for an empty archive."""
    highest = ArchivedDocument.objects.aggregate(highest=Max("change"))["highest"]
    return int(highest or 0)


def settled_below() -> int:
    """Changes below this number are committed or gone for good. To be asked outside a transaction."""
    if connection.vendor == "postgresql":
        return _asked("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint")
    return _UNSETTLED_NONE


def identity() -> str:
    """Which archive this is; made when first asked for."""
    return str(ArchiveIdentity.objects.get_or_create(pk=1)[0].uuid)


def renew_after_restore() -> None:
    """Start the count anew where a dump was restored into another PostgreSQL, whose transactions count from elsewhere.

    A visible document cannot bear the number of a transaction that is still to come: if one does, it was
    numbered by another server.
    """
    if connection.vendor != "postgresql":
        return
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE archive_archiveddocument SET change = 0 "
            "WHERE change >= pg_snapshot_xmax(pg_current_snapshot())::text::bigint"
        )
        if cursor.rowcount:
            ArchiveIdentity.objects.all().delete()


def _asked(statement: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        row = cursor.fetchone()
    return int(row[0])
