"""The quarantine folder: what a person sees of a file that could not be processed, and what it never touches."""

from pathlib import Path

import pytest

from quancheng_plugin.errors import UnreadableInput
from quancheng_sidecar.collect.intake import Submission, receive, set_aside
from quancheng_sidecar.collect.models import IntakeKind
from quancheng_sidecar.wiring import Parts

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("name", "shown"), [("说明.txt", "原件 说明.txt"), (".说明.txt", ".说明.txt"), ("a.txt", "a.txt")]
)
def test_a_note_is_never_written_through_to_the_original(
    own_parts: Parts, tmp_path: Path, name: str, shown: str
) -> None:
    """Whatever a person calls a file, it stands beside the note and keeps its bytes, however often it is set aside."""
    source = tmp_path / name
    source.write_bytes(b"hello\n")
    intake = receive(own_parts, source, Submission(kind=IntakeKind.DOCUMENT, agent="陈"))
    for _ in range(2):
        set_aside(own_parts, intake, UnreadableInput(zh="读不出。", en="Unreadable."))
    (folder,) = (own_parts.settings.home / "quarantine").iterdir()
    assert sorted(path.name for path in folder.iterdir()) == sorted([shown, "说明.txt"])
    assert (folder / shown).read_bytes() == b"hello\n"
    assert "读不出" in (folder / "说明.txt").read_text(encoding="utf-8")
    assert own_parts.store.verify(intake.original.digest)
