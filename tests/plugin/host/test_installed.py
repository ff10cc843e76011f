"""Against an installed Paperless-ngx: its own registry, its own protocol, its own consumer.

`QUANCHENG_TEST_PAPERLESS_PYTHON` names the interpreter of its environment and
`QUANCHENG_TEST_PAPERLESS_SRC` the folder of its `manage.py` (docs/developers/live-paperless.md). No server is
needed: each test runs a child with a database of its own.
"""

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pikepdf
import pytest

from tests.plugin import paper

_SCRIPTS = Path(__file__).with_name("inside_paperless.py")

pytestmark = pytest.mark.skipif(
    "QUANCHENG_TEST_PAPERLESS_PYTHON" not in os.environ,
    reason="没有安装 Paperless-ngx（QUANCHENG_TEST_PAPERLESS_PYTHON 未设置）。No Paperless-ngx to test against.",
)

Inside = Callable[..., Any]


@pytest.fixture(scope="module")
def inside(tmp_path_factory: pytest.TempPathFactory) -> Inside:
    """Runs a function of `inside_paperless.py` in Paperless' interpreter and gives what it printed as JSON."""
    folder = tmp_path_factory.mktemp("paperless")
    for name in ("data", "media", "consume", "scratch"):
        (folder / name).mkdir()
    environment = {name: value for name, value in os.environ.items() if not name.startswith("QUANCHENG_")} | {
        "PYTHONPATH": os.environ["QUANCHENG_TEST_PAPERLESS_SRC"],
        "DJANGO_SETTINGS_MODULE": "paperless.settings",
        "PAPERLESS_DBENGINE": "sqlite",
        "PAPERLESS_DATA_DIR": str(folder / "data"),
        "PAPERLESS_MEDIA_ROOT": str(folder / "media"),
        "PAPERLESS_CONSUMPTION_DIR": str(folder / "consume"),
        "PAPERLESS_SCRATCH_DIR": str(folder / "scratch"),
        "PAPERLESS_SECRET_KEY": "for this test alone, worth nothing",
        "PAPERLESS_TIME_ZONE": "Asia/Shanghai",
        "PAPERLESS_OCR_LANGUAGE": "chi_sim",
        "PAPERLESS_CACHE_BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "PAPERLESS_CHANNELS_BACKEND": "channels.layers.InMemoryChannelLayer",
        "QUANCHENG_HOME": str(folder / "home"),
    }

    def run(function: str, *arguments: str | Path) -> Any:
        python = os.environ["QUANCHENG_TEST_PAPERLESS_PYTHON"]
        command = [python, str(_SCRIPTS), function, *map(str, arguments)]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300, check=False)
        assert done.returncode == 0, done.stderr[-4000:]
        return json.loads(done.stdout.splitlines()[-1])

    return run


@pytest.fixture(scope="module")
def database(inside: Inside) -> Inside:
    """The same, with the tables there."""
    inside("migrate")
    return inside


def test_our_copy_of_the_protocol_is_theirs(inside: Inside) -> None:
    """Every member with the same parameters; and our parser passes their own check."""
    told = inside("protocol")
    assert told["differences"] == []
    assert told["accepted"]


def test_their_registry_chooses_our_parser(inside: Inside) -> None:
    """For PDF and pictures, not for text; and our date parser is the one in use."""
    assert inside("chosen") == {
        "application/pdf": "DocumentParser",
        "image/jpeg": "DocumentParser",
        "image/tiff": "DocumentParser",
        "text/plain": "TextDocumentParser",
        "dates": "ChineseDateParser",
    }


def test_their_date_parser_reads_chinese_dates(inside: Inside) -> None:
    """Midnight of Paperless' zone; a date to come is passed over, one in figures still found."""
    assert inside("dates", "决定书\n限于2099年1月1日前缴纳\n二〇二六年三月五日\n")[0] == "2026-03-05T00:00:00+08:00"
    assert inside("dates", "paid on 05.03.2024") == ["2024-03-05T00:00:00+08:00"]


def test_a_document_is_taken_in(database: Inside, tmp_path: Path) -> None:
    """Signed archive file, the form's date, no tag."""
    form = tmp_path / "现场检查.pdf"
    form.write_bytes(paper.form())
    told = database("consume", form)
    assert (told["created"], told["pages"], told["tags"], told["notes"]) == ("2026-03-01", 1, [], [])
    assert paper.TIME in told["text"]
    with pikepdf.open(told["archive"]) as pdf:
        assert pdf.Root.AcroForm.SigFlags == 3


def test_what_we_cannot_process_is_taken_in_and_tagged(database: Inside, tmp_path: Path) -> None:
    """A scan without its end, which Paperless' own parser can still read."""
    cut = paper.scan_pdf(tmp_path / "尾部缺失.pdf", [paper.worn(paper.picture(paper.form()), paper.Wear())])
    cut.write_bytes(cut.read_bytes()[:-30])
    told = database("consume", cut)
    assert told["tags"] == ["全程未处理，请人工核对"]
    assert "QC-INPUT-DAMAGED" in told["notes"][0]
    assert "检查时间" in told["text"]


def test_a_wrong_setting_keeps_no_document_out(database: Inside, tmp_path: Path) -> None:
    """Taken in by the built-in parser, and tagged."""
    form = tmp_path / "设置有误.pdf"
    form.write_bytes(paper.form(points=11))
    told = database("consume", form, "QUANCHENG_MAX_PAGES=many")
    assert told["tags"] == ["全程未处理，请人工核对"]
    assert paper.TIME in told["text"]


def test_a_signed_archive_file_is_never_replaced_by_an_unsigned_one(database: Inside, tmp_path: Path) -> None:
    """Read again when our path fails, the document stays as it is."""
    form = tmp_path / "再次识别.pdf"
    form.write_bytes(paper.form(points=12))
    before, after = database("read_again_in_vain", form)
    assert before == after
