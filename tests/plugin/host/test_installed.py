"""Against an installed Paperless-ngx: its own registry, its own protocol, its own consumer."""

from pathlib import Path

import pikepdf
import pytest

from tests.plugin import paper
from tests.plugin.host.installed import Inside, inside_of, needs_paperless

pytestmark = needs_paperless


@pytest.fixture(scope="module")
def inside(tmp_path_factory: pytest.TempPathFactory) -> Inside:
    """Runs a function of `inside_paperless.py` there."""
    return inside_of(tmp_path_factory.mktemp("paperless"), Path(__file__).with_name("inside_paperless.py"))


@pytest.fixture(scope="module")
def database(inside: Inside) -> Inside:
    """The same, with the tables there."""
    inside("migrate")
    return inside


def test_our_copy_of_the_protocol_is_theirs(inside: Inside) -> None:
    """Every member with the same parameters; and both our parsers pass their own check."""
    told = inside("protocol")
    assert told["differences"] == []
    assert told["accepted"] == [True, True]


def test_their_registry_chooses_our_parser(inside: Inside) -> None:
    """For PDF, pictures and recordings, not for text; and our date parser is the one in use."""
    assert inside("chosen") == {
        "application/pdf": "DocumentParser",
        "image/jpeg": "DocumentParser",
        "image/tiff": "DocumentParser",
        "text/plain": "TextDocumentParser",
        "video/mp4": "MediaParser",
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
