"""The parser by which Paperless takes in documents, here without Paperless: real scans, real OCR, real signatures."""

import inspect
import shutil
from collections.abc import Iterator
from importlib.metadata import entry_points
from pathlib import Path

import pikepdf
import pytest
from PIL import Image

from quancheng_plugin.document import ReadDocument
from quancheng_plugin.host.document_parser import DocumentParser
from quancheng_plugin.host.paperless import MetadataEntry
from quancheng_plugin.settings import PluginSettings
from quancheng_plugin.signing.errors import SigningFailed
from quancheng_plugin.signing.sign import sign_pdf
from quancheng_plugin.signing.verify import verify_pdf
from tests.plugin import paper
from tests.plugin.host.parser_protocol import ParserProtocol
from tests.plugin.paper import Wear

_PDF = "application/pdf"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PluginSettings]:
    """Settings with a home of their own, as the parser will read them from the environment."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("QUANCHENG_HOME", str(tmp_path_factory.mktemp("home")))
        yield PluginSettings()


@pytest.fixture(scope="module")
def scan(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A skewed sheet as a JPEG."""
    return paper.scan(tmp_path_factory.mktemp("scan") / "现场 检查.jpg", Wear(skew=1.5))


@pytest.fixture(scope="module")
def parsed(home: PluginSettings, scan: Path) -> Iterator[DocumentParser]:
    """The parser after it has read the scan, still open."""
    with DocumentParser() as parser:
        parser.configure(None)
        parser.parse(scan, "image/jpeg")
        yield parser


@pytest.fixture(scope="module")
def signed(home: PluginSettings, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A scan that someone signed before it came here; it has no text."""
    folder = tmp_path_factory.mktemp("signed")
    plain = paper.scan_pdf(folder / "plain.pdf", [paper.worn(paper.picture(paper.form()), Wear())])
    return sign_pdf(plain, folder / "signed.pdf", home).path


def _told(entries: list[MetadataEntry]) -> dict[str, str]:
    return {entry["key"]: entry["value"] for entry in entries if entry["prefix"] == "全程"}


def test_it_has_the_shape_of_the_protocol() -> None:
    """All members, and every method takes what the protocol says it is given."""
    with DocumentParser() as parser:
        assert isinstance(parser, ParserProtocol)
    for name, asked in inspect.getmembers(ParserProtocol, inspect.isfunction):
        if name not in {"__init__", "__subclasshook__", "_no_init_or_replace_init"}:
            ours = inspect.signature(getattr(DocumentParser, name)).parameters
            assert [(p.name, p.kind) for p in ours.values()] == [
                (p.name, p.kind) for p in inspect.signature(asked).parameters.values()
            ]


def test_paperless_finds_it() -> None:
    """By the entry point of the installed distribution."""
    (found,) = entry_points(group="paperless_ngx.parsers", name="quancheng")
    assert found.load() is DocumentParser


def test_it_goes_before_the_builtin_parsers() -> None:
    """For PDF and pictures alone; whatever else comes is left to others."""
    assert (DocumentParser.score(_PDF, "a.pdf") or 0) > 20
    assert DocumentParser.score("text/plain", "a.txt") is None
    assert set(DocumentParser.supported_mime_types()) >= {_PDF, "image/jpeg", "image/png", "image/tiff"}


def test_the_archive_file_of_a_scan_is_signed_pdfa(parsed: DocumentParser, home: PluginSettings) -> None:
    """PDF/A-2b whose signature verifies."""
    archive = parsed.get_archive_path()
    assert archive is not None
    assert verify_pdf(archive, home).valid
    with pikepdf.open(archive) as pdf, pdf.open_metadata() as xmp:
        assert xmp.pdfa_status == "2B"


def test_text_date_and_pages_come_from_our_reading(parsed: DocumentParser, scan: Path) -> None:
    """What Paperless stores with the document."""
    assert paper.NUMBER in parsed.get_text()
    assert "\f" not in parsed.get_text()
    day = parsed.get_date()
    assert day is not None
    assert day.isoformat() == "2026-03-01T09:30:00+08:00"
    assert parsed.get_page_count(scan, "image/jpeg") == 1


def test_the_thumbnail_is_a_small_picture_of_the_page(parsed: DocumentParser, scan: Path) -> None:
    """WebP, as wide as Paperless' own, with something on it."""
    with Image.open(parsed.get_thumbnail(scan, "image/jpeg")) as picture:
        assert (picture.format, picture.width) == ("WEBP", 500)
        dark, light = picture.convert("L").getextrema()
    assert isinstance(dark, int)
    assert isinstance(light, int)
    assert dark < 128 < light


def test_the_archive_file_tells_what_was_read(parsed: DocumentParser) -> None:
    """Form, number, interval, party, what is to be checked and the state of the signature, by another parser."""
    archive = parsed.get_archive_path()
    assert archive is not None
    with DocumentParser() as later:
        told = _told(later.extract_metadata(archive, _PDF))
    assert told["文书种类"] == "现场检查(勘验)笔录"
    assert told["文书编号"] == paper.NUMBER
    assert told["起止时间"] == "2026-03-01 09:30 至 10:15"
    assert told["当事人"] == "林建国"
    assert told["待核对"] == "执法人员签名"  # read for want of another officer: a signature alone is never certain
    assert told["签名状态"].startswith("有效")


def test_a_file_that_came_signed_is_its_own_archive(signed: Path, home: PluginSettings) -> None:
    """No file is made of it, its bytes stay, its text is found, its signature told."""
    before = signed.read_bytes()
    with DocumentParser() as parser:
        parser.parse(signed, _PDF)
        assert parser.get_archive_path() is None
        assert paper.TIME in parser.get_text()
        told = _told(parser.extract_metadata(signed, _PDF))
    assert signed.read_bytes() == before
    assert told["签名状态"].startswith("有效")
    assert told["文书编号"] == paper.NUMBER


def test_our_own_archive_file_is_not_read_again(
    parsed: DocumentParser, home: PluginSettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where it was made its reading stands; elsewhere, under the same signer, its layer tells, and it says so."""
    archive = parsed.get_archive_path()
    assert archive is not None
    with DocumentParser() as parser:
        parser.parse(archive, _PDF)
        assert parser.get_date() is not None
        assert _told(parser.extract_metadata(archive, _PDF))["文书编号"] == paper.NUMBER
    shutil.copytree(home.home / "dev-ca", tmp_path / "dev-ca")
    monkeypatch.setenv("QUANCHENG_HOME", str(tmp_path))
    with DocumentParser() as parser:
        parser.parse(archive, _PDF)
        assert parser.get_text() == parsed.get_text()
        told = _told(parser.extract_metadata(archive, _PDF))
    assert told["文书编号"] == f"{paper.NUMBER}（取自文本层）"
    assert told["待核对"].startswith("以自定义字段为准")


def test_a_changed_signed_file_is_told_as_such(signed: Path, home: PluginSettings, tmp_path: Path) -> None:
    """One flipped bit within the picture."""
    content = bytearray(signed.read_bytes())
    content[len(content) // 3] ^= 1
    changed = tmp_path / "changed.pdf"
    changed.write_bytes(content)
    with DocumentParser() as parser:
        told = _told(parser.extract_metadata(changed, _PDF))
    assert told["签名状态"].startswith("有异常")


def test_what_is_no_pdf_is_told_to_be_unverified(home: PluginSettings, tmp_path: Path) -> None:
    """Neither a good nor a bad sign, and no error."""
    broken = tmp_path / "broken.pdf"
    broken.write_bytes(b"%PDF-1.7 and no more")
    with DocumentParser() as parser:
        assert _told(parser.extract_metadata(broken, _PDF))["签名状态"].startswith("未能验证")


def test_nothing_stays_behind(home: PluginSettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Temporary files lie in Paperless' scratch folder and go with the parser."""
    monkeypatch.setenv("PAPERLESS_SCRATCH_DIR", str(tmp_path))
    form = tmp_path / "form.pdf"
    form.write_bytes(paper.form())
    with DocumentParser() as parser:
        parser.parse(form, _PDF)
        archive = parser.get_archive_path()
        assert archive is not None
        assert archive.is_relative_to(tmp_path)
    assert list(tmp_path.iterdir()) == [form]


def test_a_wrong_setting_keeps_no_document_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is met where the built-in parser can take over, here by reaching for it; the page just shows less."""
    monkeypatch.setenv("QUANCHENG_MAX_PAGES", "many")
    form = tmp_path / "form.pdf"
    form.write_bytes(paper.form())
    with DocumentParser() as parser:
        assert parser.extract_metadata(form, _PDF) == []
        with pytest.raises(ModuleNotFoundError, match="documents"):
            parser.parse(form, _PDF)


class _Stumbling(DocumentParser):
    """A parser whose surroundings fail it the first time, as an authority that does not answer."""

    stumbled = False

    def _processed(self, path: Path, *, sign: bool) -> ReadDocument:
        if not self.stumbled:
            self.stumbled = True
            raise SigningFailed(zh="时间戳服务没有应答。", en="The time-stamp authority does not answer.")
        return super()._processed(path, sign=sign)


def test_a_passing_fault_leaves_no_document_unsigned(home: PluginSettings, tmp_path: Path) -> None:
    """What is not the file's fault is tried once more before the built-in parser gets it."""
    form = tmp_path / "form.pdf"
    form.write_bytes(paper.form())
    with _Stumbling() as parser:
        parser.parse(form, _PDF)
        archive = parser.get_archive_path()
        assert archive is not None
        assert verify_pdf(archive, home).valid
