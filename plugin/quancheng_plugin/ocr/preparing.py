"""Brings a file to the PDF that is read and given its text layer; the source is never written to."""

from dataclasses import dataclass
from pathlib import Path

import pikepdf

from quancheng_plugin.findings import Finding, Severity
from quancheng_plugin.ocr.intake import check_streams, damaged, is_signed, kind_of_file, open_pdf
from quancheng_plugin.ocr.picture_pdf import pdf_from_picture
from quancheng_plugin.sentence import Sentence


@dataclass(frozen=True)
class Prepared:
    """`pdf` is the source itself where it can be read as it is, else a copy in the work folder."""

    pdf: Path
    page_count: int
    signed: bool
    findings: tuple[Finding, ...]


def prepare(source: Path, workdir: Path, most_pages: int) -> Prepared:
    """Check a PDF or picture by its content and make it readable.

    A picture becomes a PDF; an encrypted PDF that opens without a password is decrypted; filled forms
    are flattened, so that what they say is part of the page. Raises the errors of UnreadableInput.
    """
    if kind_of_file(source) == "picture":
        out = workdir / "picture.pdf"
        return Prepared(out, pdf_from_picture(source, out, most_pages), signed=False, findings=())
    try:
        with open_pdf(source, most_pages) as pdf:
            return _prepared(pdf, source, workdir)
    except pikepdf.PdfError as broken:
        raise damaged() from broken


def _prepared(pdf: pikepdf.Pdf, source: Path, workdir: Path) -> Prepared:
    broken = check_streams(pdf)
    signed = is_signed(pdf)
    count = len(pdf.pages)
    warned = len(pdf.get_warnings())
    findings: tuple[Finding, ...] = (_repaired(warned, broken),) if warned or broken else ()
    form = "/AcroForm" in pdf.Root or any(map(_widgets, pdf.pages))
    if not (form or pdf.is_encrypted):
        return Prepared(source, count, signed, findings)
    if form:
        _flatten(pdf)
    out = workdir / "plain.pdf"
    pdf.save(out)
    return Prepared(out, count, signed, findings)


def _flatten(pdf: pikepdf.Pdf) -> None:
    """Draw what the fields of a form show onto its pages, and take the form away."""
    pdf.generate_appearance_streams()
    pdf.flatten_annotations("screen")
    for page in pdf.pages:
        if _widgets(page):  # fields that show nothing, such as an unseen signature
            others = [note for note in page.obj.Annots if note.get("/Subtype") != pikepdf.Name.Widget]
            page.obj.Annots = pikepdf.Array(others)
    if "/AcroForm" in pdf.Root:
        del pdf.Root.AcroForm


def _widgets(page: pikepdf.Page) -> list[pikepdf.Object]:
    notes = page.obj.get("/Annots")
    if not isinstance(notes, pikepdf.Array):
        return []
    return [
        note for note in notes if isinstance(note, pikepdf.Dictionary) and note.get("/Subtype") == pikepdf.Name.Widget
    ]


def _repaired(warnings: int, broken_streams: int) -> Finding:
    return Finding(
        code="pdf-repaired",
        severity=Severity.LOW,
        sentence=Sentence(
            zh="PDF 的内部结构有误，已自动修复后读取，可能有内容缺失，请与原件核对。",
            en="The PDF's structure was faulty and repaired for reading; some content may be missing.",
        ),
        figures={"warnings": warnings, "broken_streams": broken_streams},
    )
