"""A file goes in; a signed, searchable document with what it says comes out, or a clear error and nothing else."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pikepdf
import pypdfium2 as pdfium
import pytest

from quancheng_plugin import document
from quancheng_plugin.document import ProcessedDocument, ReadDocument
from quancheng_plugin.errors import DamagedFile, EmptyFile, PasswordProtected, StorageFull, ToolMissing, TooManyPages
from quancheng_plugin.ocr.lines import Box, TextLine
from quancheng_plugin.ocr.text_pdf import write_text_page
from quancheng_plugin.settings import PluginSettings
from quancheng_plugin.signing.vouching import is_vouched
from tests.plugin import paper
from tests.plugin.paper import Wear


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> PluginSettings:
    """Settings with a home of their own, so with a development CA."""
    return PluginSettings(home=tmp_path_factory.mktemp("home"))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder whose name has a space and Chinese in it."""
    return tmp_path_factory.mktemp("工作 目录")


@pytest.fixture(scope="module")
def scan(folder: Path) -> Path:
    """Two skewed sheets, scanned to a TIFF of two pages."""
    sheets = [paper.worn(paper.picture(paper.form(), 150), Wear(skew=2, seed=seed)) for seed in (1, 2)]
    images = [paper.Image.fromarray(sheet[:, :, ::-1]).convert("L") for sheet in sheets]
    path = folder / "现场 检查笔录.tif"
    images[0].save(path, save_all=True, append_images=images[1:], dpi=(150, 150))
    return path


@pytest.fixture(scope="module")
def done(scan: Path, folder: Path, settings: PluginSettings) -> ProcessedDocument:
    """The scan, processed."""
    return document.process(scan, folder, settings)


def _files(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_a_scan_becomes_a_signed_searchable_document(done: ProcessedDocument) -> None:
    """All of it in one call: pages, text, form, number, time, PDF/A, a signature that verifies."""
    assert done.page_count == 2
    assert not done.was_signed
    assert done.reading.form is not None
    assert done.reading.form.code == "on-site-inspection-record"
    assert done.reading.number is not None
    assert done.reading.number.normalised == "闽海渔检〔2026〕218号"
    assert done.reading.interval is not None
    assert done.reading.interval.start is not None
    assert done.reading.interval.start.isoformat() == "2026-03-01T09:30:00+08:00"
    assert {line.page for line in done.lines} == {1, 2}
    assert done.text.count("\f") == 1
    assert done.verification.valid
    with pikepdf.open(done.archive_path) as pdf:
        assert pdf.open_metadata().pdfa_status == "2B"
    with pdfium.PdfDocument(done.archive_path) as pdf:
        text = pdf[1].get_textpage().get_text_range()
    assert "2026年3月1日9时30分至10时15分" in "".join(text.split())


def test_the_development_key_is_loud(done: ProcessedDocument) -> None:
    """Without a key configured the document says that its signature proves nothing."""
    assert any("development" in finding.code for finding in done.findings)


def test_the_source_is_not_touched_and_nothing_else_is_left(done: ProcessedDocument, scan: Path) -> None:
    """Beside the source there is the archive file, and no remains of the work."""
    assert _files(scan.parent) == {scan.name, done.archive_path.name}
    assert done.archive_path.parent == scan.parent


@pytest.fixture(scope="module")
def signed(tmp_path_factory: pytest.TempPathFactory, settings: PluginSettings) -> Path:
    """A signed document of one page of text."""
    work = tmp_path_factory.mktemp("signed")
    (work / "a.pdf").write_bytes(paper.form())
    return document.process(work / "a.pdf", work, settings).archive_path


def test_a_signed_file_is_kept_to_the_byte(signed: Path, tmp_path: Path, settings: PluginSettings) -> None:
    """A document that came signed is the archive file itself; its signature is verified, its text read."""
    again = document.process(signed, tmp_path, settings)
    assert again.was_signed
    assert again.archive_path.read_bytes() == signed.read_bytes()
    assert again.verification.valid
    assert paper.TIME in again.text


def test_a_signed_file_that_was_changed_is_kept_and_reported(
    signed: Path, tmp_path: Path, settings: PluginSettings
) -> None:
    """A broken signature is no reason to lose the file: it is kept as it is, and not called valid."""
    broken = bytearray(signed.read_bytes())
    at = broken.index(b"/MediaBox")
    broken[at : at + 9] = b"/mediabox"
    (tmp_path / "a.pdf").write_bytes(broken)
    kept = document.process(tmp_path / "a.pdf", tmp_path, settings)
    assert kept.archive_path.read_bytes() == bytes(broken)
    assert not kept.verification.valid


def _codes(done: ReadDocument) -> set[str]:
    return {finding.code for finding in done.findings}


def test_our_own_file_gives_its_text_back_unread(
    done: ProcessedDocument, tmp_path: Path, settings: PluginSettings
) -> None:
    """The text layer that we laid and signed is taken as it is; how sure it was is lost, so a person checks it."""
    again = document.process(done.archive_path, tmp_path, settings)
    assert again.archive_path.read_bytes() == done.archive_path.read_bytes()
    assert again.text == done.text
    assert again.reading.number is not None
    assert done.reading.number is not None
    assert again.reading.number.normalised == done.reading.number.normalised
    assert {"number", "interval", "party", *again.reading.fields} <= set(again.reading.review)
    assert "text-from-own-layer" in _codes(again)


def test_a_layer_that_lies_is_not_believed_under_our_signature_either(tmp_path: Path, settings: PluginSettings) -> None:
    """A scan came with a false layer, which its archive file keeps: nobody takes the text from there either."""
    lie, sheet = tmp_path / "lie.pdf", tmp_path / "a.pdf"
    plain = paper.scan_pdf(tmp_path / "plain.pdf", [paper.picture(paper.form(), 100)], dpi=100)
    line = TextLine(page=1, box=Box(x0=60, y0=30, x1=500, y1=45), text="罚款〔2026〕999号" * 20, confidence=1)
    with pikepdf.open(plain) as pdf:
        width, height = (float(edge) for edge in pdf.pages[0].mediabox[2:])
        write_text_page(lie, [line], width=width, height=height)
        with pikepdf.open(lie) as layer:
            pdf.pages[0].add_overlay(layer.pages[0])
        pdf.save(sheet)
    done = document.process(sheet, tmp_path, settings)
    assert "999" not in done.text
    assert paper.PLACE[-6:] in done.text
    assert not is_vouched(done.archive_path, done.verification, settings)


def test_reading_alone_makes_no_file(tmp_path: Path, settings: PluginSettings) -> None:
    """Where only the reading is asked for, nothing is signed or written."""
    source = tmp_path / "in" / "a.pdf"
    source.parent.mkdir()
    source.write_bytes(paper.form())
    work = tmp_path / "work"
    work.mkdir()
    read = document.process(source, work, PluginSettings(home=tmp_path / "home"), sign=False)
    assert not isinstance(read, ProcessedDocument)
    assert read.reading.number is not None
    assert _files(work) == set()
    assert not (tmp_path / "home").exists()


def test_a_page_of_text_is_read_without_an_engine(tmp_path: Path, settings: PluginSettings) -> None:
    """A PDF from a word processor keeps its text; every line is certain."""
    (tmp_path / "a.pdf").write_bytes(paper.form(pages=2))
    done = document.process(tmp_path / "a.pdf", tmp_path, settings)
    assert {line.confidence for line in done.lines} == {1.0}
    assert done.verification.valid
    with pdfium.PdfDocument(done.archive_path) as one, pdfium.PdfDocument(tmp_path / "a.pdf") as two:
        assert one[0].get_textpage().get_text_range() == two[0].get_textpage().get_text_range()


def _hostile(folder: Path) -> Iterator[tuple[Path, type[Exception]]]:
    (folder / "空.pdf").write_bytes(b"")
    yield folder / "空.pdf", EmptyFile
    (folder / "断.pdf").write_bytes(paper.form()[:-3000])
    yield folder / "断.pdf", DamagedFile
    with pikepdf.new() as pdf:
        for _ in range(2000):
            pdf.add_blank_page()
        pdf.save(folder / "多.pdf")
        pdf.save(folder / "锁.pdf", encryption=pikepdf.Encryption(user="x", owner="y"))
    yield folder / "多.pdf", TooManyPages
    yield folder / "锁.pdf", PasswordProtected


def test_a_refused_file_leaves_nothing_behind(tmp_path: Path, settings: PluginSettings) -> None:
    """Each kind of bad file has its own code and both sentences, and the work folder stays empty."""
    work = tmp_path / "work"
    work.mkdir()
    for source, error in _hostile(tmp_path):
        with pytest.raises(error) as refused:
            document.process(source, work, settings)
        assert refused.value.code.startswith("QC-INPUT-")  # type: ignore[attr-defined] # one of ours
        assert refused.value.sentence.zh  # type: ignore[attr-defined] # as above
        assert refused.value.sentence.en  # type: ignore[attr-defined] # as above
        assert _files(work) == set()


def test_a_missing_tesseract_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Choosing an engine that is not installed is an error with the package's name, not a crash."""
    from quancheng_plugin.ocr import tesseract  # noqa: PLC0415 - its cache is cleared around this test

    tesseract.probe.cache_clear()
    monkeypatch.setenv("PATH", str(tmp_path))
    source = paper.scan_pdf(tmp_path / "a.pdf", [paper.picture(paper.form(), 72)], dpi=72)
    with pytest.raises(ToolMissing, match="tesseract-ocr-chi-sim"):
        document.process(source, tmp_path, PluginSettings(home=tmp_path, ocr_engine="tesseract"))
    tesseract.probe.cache_clear()


def _child(code: str, *arguments: str, env: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code, *arguments], capture_output=True, text=True, timeout=240, check=False,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path), **(env or {})},
    )  # fmt: skip


_LIMITED = """
import resource, sys
from pathlib import Path
from quancheng_plugin import document
from quancheng_plugin.errors import QuanchengError
from quancheng_plugin.settings import PluginSettings
source, work, home = map(Path, sys.argv[1:4])
settings = PluginSettings(home=home)
import signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[4]), resource.RLIM_INFINITY))
try:
    document.process(source, work, settings)
except QuanchengError as error:
    print(error.code)
"""


@pytest.mark.parametrize("room", [20_000, 240_000])
def test_a_full_disk_is_told_and_leaves_nothing(
    tmp_path: Path, settings: PluginSettings, room: int, done: ProcessedDocument
) -> None:
    """Where a file cannot grow further, the error is that of storage, and no half file stays."""
    source = tmp_path / "a.pdf"
    source.write_bytes(paper.form())
    assert source.stat().st_size > 240_000
    work = tmp_path / "work"
    work.mkdir()
    told = _child(_LIMITED, str(source), str(work), str(settings.home), str(room))
    assert told.stdout.strip() == StorageFull.code, told.stderr
    assert _files(work) == set()


_KILLED = """
import os, signal, sys
from pathlib import Path
from quancheng_plugin import document
from quancheng_plugin.settings import PluginSettings
source, work, home, step = Path(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3]), sys.argv[4]
import quancheng_plugin.ocr.text_layer, quancheng_plugin.signing.sign, quancheng_plugin.signing.verify
modules = {"add_text_layer": quancheng_plugin.ocr.text_layer, "sign_pdf": quancheng_plugin.signing.sign,
           "verify_pdf": quancheng_plugin.signing.verify}
real = getattr(modules[step], step)
def then_die(*args, **kwargs):
    real(*args, **kwargs)
    os.kill(os.getpid(), signal.SIGKILL)
setattr(modules[step], step, then_die)
document.process(source, work, PluginSettings(home=home))
"""


@pytest.mark.parametrize("step", ["add_text_layer", "sign_pdf", "verify_pdf"])
def test_killed_between_two_steps_no_archive_file_exists(
    tmp_path: Path, settings: PluginSettings, step: str, done: ProcessedDocument
) -> None:
    """After kill -9 the archive file is not there; run again, it is there whole."""
    source = tmp_path / "a.pdf"
    source.write_bytes(paper.form())
    work = tmp_path / "work"
    work.mkdir()
    killed = _child(_KILLED, str(source), str(work), str(settings.home), step)
    assert killed.returncode == -9, killed.stderr
    assert not list(work.glob("*.pdf"))
    assert document.process(source, work, settings).verification.valid
