"""The archive on SQLite and PostgreSQL, with real processes side by side."""

from collections.abc import Callable
from textwrap import dedent

import pytest

Python = Callable[..., str]

START = dedent("""
    import hashlib, json
    from django.db import connection, connections, transaction
    from quancheng_sidecar.archive.embedded.adapter import EmbeddedArchive
    from quancheng_sidecar.archive.embedded.index import all_of
    from quancheng_sidecar.archive.embedded.models import ArchivedDocument
    from quancheng_sidecar.archive.fields import CustomField
    from quancheng_sidecar.archive.permissions import Circle, Permissions
    from quancheng_sidecar.archive.port import DocumentKind, NewDocument
    from quancheng_sidecar.archive.query import parse

    archive = EmbeddedArchive(None)

    def make(text, title="文件", **given):
        digest = "sha256:" + hashlib.sha256((text + title).encode()).hexdigest()
        return NewDocument(
            title=title, kind="form", original=digest, archive_file=digest, mime_type="text/plain", text=text, **given
        )

    def totals(*queries):
        return [archive.search(query).total for query in queries]

    def indexed(query):
        view = archive._follower.view()
        return view.count(all_of(view, "all", parse(query)))
""")


def test_what_one_process_archives_another_finds(python: Python) -> None:
    """Documents, fields, links, permissions and search, in a process that starts afterwards."""
    python(
        START
        + dedent("""
        form = archive.add(make("于2026-03-01检查渔船", case="鼎海行复〔2020〕第01号"))
        card = make("登记卡", case="鼎海行复[2020]1号", fields={CustomField.STAGE: "hearing"})
        card = archive.add(card.model_copy(update={"kind": DocumentKind.RECORD_CARD}))
        archive.merge_fields(form, {CustomField.PARTY: "张三\\0" * 2000})
        archive.link(CustomField.RECORDINGS, card, form)
        legal = Circle(groups=frozenset({"全程-法制人员"}))
        archive.permit(form, Permissions(view=legal, change=Circle()))
        """)
    )
    said = python(
        START
        + dedent("""
        form, card = archive.of_case("鼎海行复（2020）001号")
        print(archive.links(form.id)[CustomField.RECORDINGS] == (card.id,))
        print(sorted(archive.permissions(card.id).view.groups))
        print(len(archive.find_by_field(CustomField.PARTY, "张三\\0" * 2000)))
        print(totals("检", "2026年3月1日", "听证", "鼎海行复〔2020〕1号", "1号 登记", "张三", "11号"))
        print(indexed("检"))
        """)
    )
    assert said.splitlines() == ["True", "['全程-法制人员']", "1", "[1, 1, 1, 2, 1, 1, 0]", "1"]


def test_processes_that_archive_and_search_at_once(python: Python) -> None:
    """Three add the same documents in other order, a fourth searches: each is there once, totals only grow."""
    add = START + dedent("""
        for number in {order}:
            document = archive.add(make(f"渔船 {{number}}号"))
            archive.merge_fields(document, {{CustomField.PARTY: f"张{{number}}"}})
        connections.close_all()
    """)
    watch = START + dedent("""
        seen = [totals("渔船")[0] for _ in range(15)]
        assert seen == sorted(seen), seen
    """)
    python(START)  # the tables are made
    python(*(add.format(order=order) for order in ("range(6)", "range(5, -1, -1)", "(3, 2, 4)")), watch)
    said = python(START + 'archive._follower.catch_up(); print(totals("渔船", "5号", "张5"), indexed("渔船"))')
    assert said == "[6, 1, 1] 6\n"


@pytest.mark.parametrize("python", ["postgresql"], indirect=True)
def test_a_transaction_that_began_first_and_ends_last_is_not_missed(python: Python) -> None:
    """The later one may commit first there, unlike on SQLite; neither search nor index pass over the earlier."""
    said = python(
        START
        + dedent("""
        import threading
        archive.add(make("码头"))
        added, go_on = threading.Event(), threading.Event()

        def slow():
            with transaction.atomic():
                archive.add(make("渔船甲"))
                added.set()
                go_on.wait(60)
            connection.close()

        thread = threading.Thread(target=slow)
        thread.start()
        added.wait(60)
        archive.add(make("渔船乙"))
        during = totals("渔船"), indexed("渔船")
        go_on.set()
        thread.join()
        print(during, totals("渔船"), indexed("渔船"))
        """)
    )
    assert said == "([1], 0) [2] 2\n"


@pytest.mark.parametrize("python", ["postgresql"], indirect=True)
def test_a_dump_restored_into_another_server_is_followed_on(python: Python) -> None:
    """Its documents bear numbers of transactions that the new server has yet to come to."""
    said = python(
        START
        + dedent("""
        first = archive.add(make("渔船甲"))
        ArchivedDocument.objects.update(change=2**40)
        archive._follower.rebuild()
        archive.add(make("渔船乙"))
        archive.merge_fields(first, {CustomField.PARTY: "张三"})
        print(totals("渔船", "张三"), indexed("渔船"), indexed("张三"))
        """)
    )
    assert said == "[2, 1] 2 1\n"


def test_killed_while_indexing(python: Python) -> None:
    """A kill -9 in mid-update leaves a committed document, which the next process finds and indexes."""
    python(
        START
        + dedent("""
        import os, signal
        from quancheng_sidecar.archive.embedded.index import Writing

        def killed(*_):
            os.kill(os.getpid(), signal.SIGKILL)

        def killed_after(self, marker, done=Writing.mark):
            done(self, marker)
            killed()

        archive.add(make("渔船"))
        for number, dies in enumerate((("put", killed), ("mark", killed), ("mark", killed_after))):
            connections.close_all()
            if os.fork() == 0:
                setattr(Writing, *dies)
                archive.add(make(f"渔船 {number}"))
            assert os.wait()[1] == signal.SIGKILL
        """)
    )
    said = python(START + 'print(totals("渔船"), indexed("渔船"))')
    assert said == "[4] 4\n"
