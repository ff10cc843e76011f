"""The custody log on real databases, SQLite and PostgreSQL alike, with several processes at work."""

from tests.sidecar.preserve.conftest import Python


def test_processes_that_append_and_sign_at_once(python: Python) -> None:
    """Four writers at once: every event is there, numbered without gap, and all checkpoints are of one key."""
    said = python("""
def act():
    append(40)
    log.checkpoint()
at_once(act, act, act, act)
result = log.verify()
print(result.ok, result.size, result.signed)
print(result.sentence)
""")
    assert said.split("\n")[:2] == ["0 0 0 0", "True 160 160"], said


def test_a_writer_that_is_killed_leaves_no_gap(python: Python) -> None:
    """A process that dies inside its act leaves neither act nor event nor a held lock behind."""
    said = python("""
def die():
    with transaction.atomic():
        log.append(EventType.INGESTION, agent="x", subject="x")
        os.kill(os.getpid(), 9)
append(3)
at_once(die)
append(2)
result = log.verify()
print(result.ok, result.size)
""")
    assert said == "9\nTrue 5\n"


def test_the_database_refuses_changes(python: Python) -> None:
    """Update, removal, truncation, replication mode, a row out of turn: each is refused by the database itself."""
    said = python("""
copied = "type, agent, subject, outcome, at, canonical, hashes, chain FROM preserve_custodyevent WHERE seq = 0"
statements = [
    "UPDATE preserve_custodyevent SET agent = 'x'",
    "DELETE FROM preserve_custodyevent",
    f"INSERT INTO preserve_custodyevent SELECT 9, 'x', {copied}",
    f"INSERT INTO preserve_custodyevent SELECT seq, event_id, {copied} ON CONFLICT (seq) DO UPDATE SET agent = 'x'",
    "UPDATE preserve_checkpoint SET note = 'x'",
    "DELETE FROM preserve_checkpoint",
]
if connection.vendor == "postgresql":
    statements += [
        "TRUNCATE preserve_custodyevent",
        "TRUNCATE preserve_checkpoint",
        "SET session_replication_role = replica; DELETE FROM preserve_custodyevent",
    ]
append(3)
log.checkpoint()
for statement in statements:
    try:
        with connection.cursor() as cursor:
            cursor.execute(statement)
        print("done:", statement)
    except DatabaseError as error:
        print("append-only" in str(error))
print(log.verify().ok)
""")
    assert set(said.split()) == {"True"}


def test_tampering_is_found(python: Python) -> None:
    """With the triggers dropped, verification names the first altered event and the missing triggers."""
    said = python("""
append(8)
guards.remove(connection)
with connection.cursor() as cursor:
    cursor.execute("UPDATE preserve_custodyevent SET agent = '李四' WHERE seq = 3")
    cursor.execute("DELETE FROM preserve_custodyevent WHERE seq = 5")
first, *_, last = log.verify().faults
print(first.code, first.seq, last.code)
guards.install(connection)
print(len(log.verify().faults))
""")
    assert said == "event-columns 3 triggers-missing\n1\n"


def test_migrations_go_back_and_forth(python: Python) -> None:
    """The triggers come and go with their migration."""
    said = python("""
from django.core.management import call_command
for target in (["0001"], []):
    call_command("migrate", "preserve", *target, verbosity=0)
    print(bool(guards.missing(connection)))
""")
    assert said == "True\nFalse\n"
