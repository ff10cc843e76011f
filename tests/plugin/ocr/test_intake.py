"""A file is what its bytes say, and is refused before it can do harm."""

import zlib
from pathlib import Path

import pikepdf
import pytest
from pikepdf import Dictionary, Name

from quancheng_plugin.errors import (
    DamagedFile,
    EmptyFile,
    LimitExceeded,
    PasswordProtected,
    TooManyPages,
    UnsupportedType,
)
from quancheng_plugin.ocr.intake import kind_of_file
from quancheng_plugin.ocr.preparing import prepare
from tests.plugin import paper


def _pdf(path: Path, pages: int = 1) -> Path:
    with pikepdf.new() as pdf:
        for _ in range(pages):
            pdf.add_blank_page()
        pdf.save(path)
    return path


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (b"", EmptyFile),
        (b"plain text that says it is a PDF", UnsupportedType),
        (b"PK\x03\x04" + b"\0" * 100, UnsupportedType),
        (b"%PDF-1.7\n", DamagedFile),
        (b"%PDF-1.7\n" + b"\xff" * 5000, DamagedFile),
        (b"\xff\xd8\xff\xe0 no JPEG after all", DamagedFile),
        (b"\x89PNG\r\n\x1a\n", DamagedFile),
        (b"II*\x00\xff\xff\xff\xff", DamagedFile),
        (b"\x00\x00\x00\x18ftypheic" + b"\0" * 40, DamagedFile),
    ],
)
def test_what_is_no_document_is_refused(tmp_path: Path, content: bytes, error: type[Exception]) -> None:
    """Nothing, something else, and mere beginnings of a document each have their own error."""
    path = tmp_path / "一 份.pdf"
    path.write_bytes(content)
    with pytest.raises(error):
        prepare(path, tmp_path, 500)


@pytest.mark.parametrize("share", [0.2, 0.5, 0.9, 0.99])
def test_a_truncated_pdf_is_damaged(tmp_path: Path, share: float) -> None:
    """A PDF that breaks off is refused even where its first pages could still be shown."""
    whole = paper.form(pages=3)
    (tmp_path / "a.pdf").write_bytes(whole[: int(len(whole) * share)])
    with pytest.raises(DamagedFile):
        prepare(tmp_path / "a.pdf", tmp_path, 500)


def test_the_extension_does_not_matter(tmp_path: Path) -> None:
    """A JPEG called .pdf is a picture, a PDF called .jpg is a PDF."""
    jpeg = paper.save(paper.picture(paper.form(), 50), tmp_path / "a.jpg")
    (tmp_path / "a.pdf").write_bytes(jpeg.read_bytes())
    (tmp_path / "b.jpg").write_bytes(paper.form())
    assert kind_of_file(tmp_path / "a.pdf") == "picture"
    assert kind_of_file(tmp_path / "b.jpg") == "pdf"


def test_bytes_before_the_header_are_tolerated(tmp_path: Path) -> None:
    """Mail gateways put a line before the header; readers look past it."""
    (tmp_path / "a.pdf").write_bytes(b"\r\nreceived\r\n" + paper.form())
    assert prepare(tmp_path / "a.pdf", tmp_path, 500).page_count == 1


def test_page_counts_are_held(tmp_path: Path) -> None:
    """Two thousand pages are too many, none are none."""
    with pytest.raises(TooManyPages, match="2000"):
        prepare(_pdf(tmp_path / "a.pdf", 2000), tmp_path, 500)
    with pytest.raises(DamagedFile):
        prepare(_pdf(tmp_path / "b.pdf", 0), tmp_path, 500)


def test_a_password_is_asked_for_only_where_one_is_needed(tmp_path: Path) -> None:
    """A PDF that opens without password is decrypted for work; one that does not is refused."""
    for name, user in (("open.pdf", ""), ("locked.pdf", "secret")):
        with pikepdf.open(_pdf(tmp_path / "plain-source.pdf")) as pdf:
            pdf.save(tmp_path / name, encryption=pikepdf.Encryption(owner="owner", user=user))
    prepared = prepare(tmp_path / "open.pdf", tmp_path, 500)
    with pikepdf.open(prepared.pdf) as pdf:
        assert not pdf.is_encrypted
    with pytest.raises(PasswordProtected):
        prepare(tmp_path / "locked.pdf", tmp_path, 500)


def test_a_form_that_only_adobe_shows_is_refused(tmp_path: Path) -> None:
    """A dynamic XFA form shows "please wait" in every other reader; that is not its content."""
    with pikepdf.open(_pdf(tmp_path / "a.pdf")) as pdf:
        pdf.Root.NeedsRendering = True
        pdf.Root.AcroForm = Dictionary(XFA=pdf.make_stream(b"<xdp/>"), Fields=[])
        pdf.save(tmp_path / "xfa.pdf")
    with pytest.raises(UnsupportedType, match="XFA"):
        prepare(tmp_path / "xfa.pdf", tmp_path, 500)


def test_bombs_are_refused_unexploded(tmp_path: Path) -> None:
    """Content that unfolds to half a gigabyte and a picture of ten thousand million pixels are not opened."""
    pump = zlib.compressobj(9)
    packed = b"".join(pump.compress(bytes(1 << 20)) for _ in range(512)) + pump.flush()
    with pikepdf.open(_pdf(tmp_path / "a.pdf")) as pdf:
        pdf.pages[0].obj.Contents = pikepdf.Stream(pdf, packed, Filter=Name.FlateDecode)
        pdf.save(tmp_path / "deflate.pdf")
    with pikepdf.open(_pdf(tmp_path / "a.pdf")) as pdf:
        huge = pikepdf.Stream(pdf, zlib.compress(bytes(100)), Subtype=Name.Image, Width=100_000, Height=100_000)
        huge.Filter = Name.FlateDecode
        pdf.pages[0].obj.Resources = Dictionary(XObject=Dictionary(Im0=pdf.make_indirect(huge)))
        pdf.save(tmp_path / "pixels.pdf")
    for name in ("deflate.pdf", "pixels.pdf"):
        assert (tmp_path / name).stat().st_size < 1_000_000
        with pytest.raises(LimitExceeded):
            prepare(tmp_path / name, tmp_path, 500)


def test_content_that_breaks_off_is_reported(tmp_path: Path) -> None:
    """A PDF whose page breaks off within is read as far as it goes, and the finding says so."""
    with pikepdf.open(_pdf(tmp_path / "a.pdf")) as pdf:
        packed = zlib.compress(b"BT ET " * 1000)
        pdf.pages[0].obj.Contents = pikepdf.Stream(pdf, packed[: len(packed) // 2], Filter=Name.FlateDecode)
        pdf.save(tmp_path / "b.pdf", compress_streams=False)
    (finding,) = prepare(tmp_path / "b.pdf", tmp_path, 500).findings
    assert finding.code == "pdf-repaired"
    assert finding.figures["broken_streams"] == 1


def test_the_source_is_not_copied_without_need(tmp_path: Path) -> None:
    """A plain PDF is read where it lies."""
    (tmp_path / "a.pdf").write_bytes(paper.form())
    assert prepare(tmp_path / "a.pdf", tmp_path, 500).pdf == tmp_path / "a.pdf"
