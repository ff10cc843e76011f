"""Makes enforcement forms that look like scans: laid out, filled in, printed, and worn.

The made-up content comes from `form_wording`, the wear of a scan from `wear`.
"""

import html
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Literal

import pypdfium2 as pdfium
from PIL import Image

from quancheng_sidecar.collect.drawing import html_pages
from quancheng_sidecar.demo.wear import Wear, degrade

_CSS = Path(__file__).with_name("form.css")
_POINTS_PER_INCH = 72
# Values this short share a printed line or table row with their neighbour.
_SHORT = 11
# On real sheets the words between the blanks of a date are printed and the blanks are filled by hand.
_BLANKS = re.compile(r"([0-9０-９〇○零一二三四五六七八九十廿]+)(?=\s*[年月日时点分:：])")

Pair = tuple[str, str]
Layout = Literal["lines", "table", "stacked"]


@dataclass(frozen=True)
class FormSpec:
    """One form to print: what it says and how it is laid out.

    `values` are label → value in the order they stand; `body` are paragraphs after them and
    `signatures` the labels of the lines to sign at the foot. `colon` follows a label in lines;
    table cells carry none. `filled_font` is the face of what was filled in, `font` of what was printed.
    """

    title: str
    values: tuple[Pair, ...]
    office: str = ""
    number: str | None = None
    number_label: str = ""
    number_place: Literal["right", "centre"] = "right"
    addressee: str | None = None
    body: tuple[str, ...] = ()
    signatures: tuple[str, ...] = ()
    date_line: str = ""
    layout: Layout = "lines"
    pairs_share_rows: bool = True
    colon: str = "："
    title_spacing_em: float = 0.0
    title_size_pt: float = 22.0
    size_pt: float = 12.0
    line_height: float = 1.9
    spread_labels: bool = False
    ruled: bool = True
    font: str = "Noto Serif CJK SC"
    title_font: str = "Noto Serif CJK SC"
    filled_font: str = "AR PL UKai CN"
    page_break_before_body: bool = False


def render_pdf(spec: FormSpec) -> bytes:
    """Print the form on A4 sheets."""
    written: bytes = html_pages()(string=_page(spec)).write_pdf(stylesheets=[str(_CSS)])
    return written


def page_images(pdf: bytes, dpi: int = 200) -> list[Image.Image]:
    """Every page as an RGB picture of `dpi` dots per inch."""
    document = pdfium.PdfDocument(pdf)
    try:
        return [page.render(scale=dpi / _POINTS_PER_INCH).to_pil().convert("RGB") for page in document]
    finally:
        document.close()


def scan(spec: FormSpec, path: Path, *, seed: int = 0, wear: Wear | None = None) -> Path:
    """Print, wear and write the form; the suffix of `path` is .pdf (of pictures), .png, .jpg or .tif.

    A PNG or JPEG holds one page, so a form of several pages raises ValueError there.
    """
    wear = wear or Wear()
    return write_pages(
        [degrade(page, seed + index, wear) for index, page in enumerate(page_images(render_pdf(spec), wear.dpi))],
        path,
        wear,
    )


def write_pages(pages: Sequence[Image.Image], path: Path, wear: Wear) -> Path:
    """Write page pictures as one file, at the resolution and JPEG quality that `wear` names."""
    many = path.suffix.lower() in {".pdf", ".tif", ".tiff"}
    if len(pages) > 1 and not many:
        raise ValueError(f"{path.name}: {len(pages)} pages need a PDF or TIFF")
    options: dict[str, object] = {"dpi": (wear.dpi, wear.dpi)}
    if path.suffix.lower() == ".pdf":
        options = {"resolution": wear.dpi, "quality": wear.jpeg_quality}
    elif path.suffix.lower() in {".jpg", ".jpeg"}:
        options["quality"] = wear.jpeg_quality
    elif many:
        options["compression"] = "tiff_deflate"
    if many:
        options |= {"save_all": True, "append_images": list(pages[1:])}
    buffer = io.BytesIO()
    pages[0].save(buffer, format=_format(path), **options)
    path.write_bytes(buffer.getvalue())
    return path


def _format(path: Path) -> str:
    return Image.registered_extensions()[path.suffix.lower()]


def _page(spec: FormSpec) -> str:
    parts = [_heading(spec), _number(spec)]
    if spec.addressee:
        parts.append(f'<p class="addressee">{_filled(spec.addressee)}：</p>')
    parts.append({"lines": _lines, "table": _table, "stacked": _stacked}[spec.layout](spec))
    body = "".join(f"<p>{html.escape(paragraph)}</p>" for paragraph in spec.body)
    parts.append(f'<div class="body{" new-page" if spec.page_break_before_body else ""}">{body}</div>')
    signed = "".join(f'<span class="sign">{html.escape(label)}：</span>' for label in spec.signatures)
    parts.append(f'<p class="signatures">{signed}</p><p class="date">{html.escape(spec.date_line)}</p>')
    return f'<html lang="zh-Hans"><head><style>{_variables(spec)}</style></head><body>{"".join(parts)}</body></html>'


def _variables(spec: FormSpec) -> str:
    return (
        f"body {{ font-family: '{spec.font}'; font-size: {spec.size_pt}pt; line-height: {spec.line_height}; }}"
        f"h1 {{ font-family: '{spec.title_font}'; font-size: {spec.title_size_pt}pt;"
        f" letter-spacing: {spec.title_spacing_em}em; }}"
        f".filled {{ font-family: '{spec.filled_font}'; {'border-bottom: 0.6pt solid black;' if spec.ruled else ''} }}"
        "td .filled { border-bottom: none; }"
    )


def _heading(spec: FormSpec) -> str:
    office = f'<p class="office">{html.escape(spec.office)}</p>' if spec.office else ""
    return f"{office}<h1>{html.escape(spec.title).replace(chr(10), '<br>')}</h1>"


def _number(spec: FormSpec) -> str:
    if spec.number is None:
        return ""
    return f'<p class="number {spec.number_place}">{html.escape(spec.number_label)}{html.escape(spec.number)}</p>'


def _filled(value: str) -> str:
    """What was written into the blank: whole, or digit group by digit group in a date."""
    if _BLANKS.search(value):
        parts = _BLANKS.split(value)
        return "".join(
            f'<span class="filled">{html.escape(part)}</span>' if index % 2 else html.escape(part)
            for index, part in enumerate(parts)
        )
    return f'<span class="filled">{html.escape(value) or "&emsp;&emsp;&emsp;"}</span>'


def _rows(spec: FormSpec) -> list[list[Pair]]:
    """Pairs by printed row: two short neighbours share one when the form has it so."""
    if not spec.pairs_share_rows:
        return [[pair] for pair in spec.values]
    rows: list[list[Pair]] = []
    for short, run in groupby(spec.values, key=lambda pair: len(pair[1]) <= _SHORT):
        pairs = list(run)
        step = 2 if short else 1
        rows.extend(pairs[at : at + step] for at in range(0, len(pairs), step))
    return rows


def _label(label: str, spec: FormSpec) -> str:
    """The label, spread to four letters' width where the form prints it so (`案　　由`)."""
    if spec.spread_labels and len(label) in {2, 3}:
        gap = {2: "\u3000\u3000", 3: "\u2002"}[len(label)]
        return html.escape(gap.join(label))
    return html.escape(label)


def _lines(spec: FormSpec) -> str:
    def line(row: list[Pair]) -> str:
        pairs = (f'<span class="pair">{_label(label, spec)}{spec.colon}{_filled(value)}</span>' for label, value in row)
        return f'<p class="line">{"".join(pairs)}</p>'

    return "".join(line(row) for row in _rows(spec))


def _table(spec: FormSpec) -> str:
    def line(row: list[Pair]) -> str:
        span = "" if len(row) > 1 else ' colspan="3"'
        cells = (f"<th>{_label(label, spec)}</th><td{span}>{_filled(value)}</td>" for label, value in row)
        return f"<tr>{''.join(cells)}</tr>"

    return f"<table>{''.join(line(row) for row in _rows(spec))}</table>"


def _stacked(spec: FormSpec) -> str:
    """A table whose labels stand in one row and their values in the row below."""

    def lines(row: list[Pair]) -> str:
        span = "" if len(row) > 1 else ' colspan="2"'
        labels = "".join(f"<th{span}>{_label(label, spec)}</th>" for label, _ in row)
        values = "".join(f"<td{span}>{_filled(value)}</td>" for _, value in row)
        return f"<tr>{labels}</tr><tr>{values}</tr>"

    return f"<table class='even'>{''.join(lines(row) for row in _rows(spec))}</table>"
