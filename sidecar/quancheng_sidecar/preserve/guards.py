"""Triggers that keep the log append-only inside the database itself, whatever program is connected to it.

They stop mistakes and every program that does not drop them first; who drops them is found out by verification.
"""

from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper

EVENTS = "preserve_custodyevent"
CHECKPOINTS = "preserve_checkpoint"

_SAID = "the custody log is append-only"


def _sqlite() -> dict[str, str]:
    refuse = f"BEGIN SELECT RAISE(ABORT, '{_SAID}'); END"
    triggers = {
        f"{table}_no_{act.lower()}": f"BEFORE {act} ON {table} {refuse}"
        for table in (EVENTS, CHECKPOINTS)
        for act in ("UPDATE", "DELETE")
    }
    # REPLACE removes the old row without any DELETE trigger, so it is stopped where it comes in.
    taken = f"EXISTS (SELECT 1 FROM {EVENTS} WHERE event_id = NEW.event_id)"  # noqa: S608  constants
    following = f"(SELECT COALESCE(MAX(seq) + 1, 0) FROM {EVENTS})"  # noqa: S608  constants
    known = f"EXISTS (SELECT 1 FROM {CHECKPOINTS} WHERE size = NEW.size)"  # noqa: S608  constants
    triggers[f"{EVENTS}_next"] = f"BEFORE INSERT ON {EVENTS} WHEN NEW.seq IS NOT {following} OR {taken} {refuse}"
    triggers[f"{CHECKPOINTS}_new"] = f"BEFORE INSERT ON {CHECKPOINTS} WHEN {known} {refuse}"
    return triggers


_REFUSE = "preserve_refuse_change"
_NEXT = "preserve_next_event"


def _postgresql() -> dict[str, str]:
    triggers = {}
    for table in (EVENTS, CHECKPOINTS):
        triggers[f"{table}_no_change"] = f"BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION {_REFUSE}()"
        triggers[f"{table}_no_truncate"] = f"BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION {_REFUSE}()"
    triggers[f"{EVENTS}_next"] = f"BEFORE INSERT ON {EVENTS} FOR EACH ROW EXECUTE FUNCTION {_NEXT}()"
    return triggers


_POSTGRESQL_FUNCTIONS = (
    (
        f"CREATE OR REPLACE FUNCTION {_REFUSE}() RETURNS trigger LANGUAGE plpgsql AS"
        f" $$ BEGIN RAISE EXCEPTION '{_SAID}'; END $$"
    ),
    (
        f"CREATE OR REPLACE FUNCTION {_NEXT}() RETURNS trigger LANGUAGE plpgsql AS"  # noqa: S608  constants
        f" $$ BEGIN IF NEW.seq IS DISTINCT FROM (SELECT COALESCE(MAX(seq) + 1, 0) FROM {EVENTS}) THEN"
        f" RAISE EXCEPTION '{_SAID}'; END IF; RETURN NEW; END $$"
    ),
)


def install(connection: BaseDatabaseWrapper) -> None:
    """Put the triggers in place."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            for function in _POSTGRESQL_FUNCTIONS:
                cursor.execute(function)
            for name, body in _postgresql().items():
                cursor.execute(f"CREATE TRIGGER {name} {body}")
                # ALWAYS: also for sessions that replay changes of another server.
                cursor.execute(f"ALTER TABLE {_table(body)} ENABLE ALWAYS TRIGGER {name}")
        else:
            for name, body in _sqlite().items():
                cursor.execute(f"CREATE TRIGGER {name} {body}")


def remove(connection: BaseDatabaseWrapper) -> None:
    """Take the triggers away: only to undo the migration that put them there, and to empty a test's database."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            for name, body in _postgresql().items():
                cursor.execute(f"DROP TRIGGER IF EXISTS {name} ON {_table(body)}")
        else:
            for name in _sqlite():
                cursor.execute(f"DROP TRIGGER IF EXISTS {name}")


def missing(connection: BaseDatabaseWrapper) -> list[str]:
    """Names of triggers that are not in place, or switched off, or not as they were made."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal AND tgenabled = 'A'"
                " AND tgrelid IN (%s::regclass, %s::regclass)",
                [EVENTS, CHECKPOINTS],
            )
            found = {name for name, _ in cursor.fetchall()}
            return [name for name in _postgresql() if name not in found]
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        there: dict[str, Any] = dict(cursor.fetchall())
        return [name for name, body in _sqlite().items() if there.get(name) != f"CREATE TRIGGER {name} {body}"]


def _table(body: str) -> str:
    return CHECKPOINTS if f" ON {CHECKPOINTS} " in body else EVENTS
