"""Reads every page of a PDF: its own text where it can be relied on, its picture where not."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from enum import StrEnum
from pathlib import Path

import pypdfium2 as pdfium
from pydantic import BaseModel, ConfigDict

from quancheng_plugin.findings import Finding, Severity
from quancheng_plugin.ocr import upright
from quancheng_plugin.ocr.glyphs import Glyph, glyphs_of, picture_share
from quancheng_plugin.ocr.lines import Box, TextLine
from quancheng_plugin.ocr.own_text import lines_of_text, way_of_text
from quancheng_plugin.ocr.placing import Placing
from quancheng_plugin.ocr.raster import picture_of
from quancheng_plugin.ocr.seals import without_seals
from quancheng_plugin.ocr.seen import Picture, SeenPage
from quancheng_plugin.sentence import Sentence

# Pictures that cover less of a page with text of its own are logos and seals.
_PICTURED = 0.1
# More characters than this share without a known meaning, and the page's text is not to be relied on.
_UNMEANT = 0.1
# Two texts of the same page that share fewer of their characters than this do not say the same.
_SAME_TEXT = 0.6


class PageKind(StrEnum):
    """What a page carries, and so what is read."""

    TEXT = "text"  # text that an eye sees: taken as it is
    PICTURE = "picture"  # no text: read, and given a text layer
    PARTLY = "partly"  # text beside a picture: the picture is read too, its text added to the layer
    OLD_LAYER = "old-layer"  # unseen text, as a scanner's own OCR leaves it: kept, but the picture is believed
    UNMEANT = "unmeant"  # seen text whose font does not say which characters it is: kept, picture believed


class PageReading(BaseModel):
    """One page as read. `width` and `height` are those of the upright page in points.

    `turned` (clockwise, 0/90/180/270) and `skew` (degrees that lines fall to the right) say what puts
    the page upright. `lines` stand on the upright page; `layer` are those that its text layer lacks.
    `whole`: with `layer` laid under it, the page carries the text of `lines` and no other.
    """

    model_config = ConfigDict(frozen=True)

    number: int
    width: float
    height: float
    kind: PageKind = PageKind.PICTURE
    turned: int = 0
    skew: float = 0.0
    lines: tuple[TextLine, ...] = ()
    layer: tuple[TextLine, ...] = ()
    whole: bool = False
    findings: tuple[Finding, ...] = ()


def read_pages(path: Path, look: Callable[[Picture], SeenPage]) -> Iterator[PageReading]:
    """Read the pages of a PDF that opens without a password, one after the other; `look` reads a picture."""
    pdf = pdfium.PdfDocument(path)
    try:
        pdf.init_forms()
        for index in range(len(pdf)):
            page = pdf[index]
            yield read_page(page, index + 1, look)
            page.close()
    finally:
        pdf.close()


def read_page(page: pdfium.PdfPage, number: int, look: Callable[[Picture], SeenPage]) -> PageReading:
    """Read one page, `number` counting from 1."""
    glyphs = glyphs_of(page, Placing.of(page))
    kind = kind_of(glyphs, picture_share(page))
    width, height = page.get_size()
    if kind is PageKind.TEXT:
        return _text_page(page, number, glyphs)
    if kind is PageKind.PICTURE and next(page.get_objects(max_depth=1), None) is None:
        return PageReading(number=number, width=width, height=height, whole=True)  # a blank sheet
    picture = picture_of(page)
    seen = look(without_seals(picture, width / picture.shape[1]))
    if seen.turned % 180:
        width, height = height, width
    # A page with text of its own is straight already; its picture may not be.
    skew = 0.0 if kind is PageKind.PARTLY else upright.skew_of(seen)
    read = upright.lines_of(seen, number=number, width=width, skew=skew)
    own = lines_of_text(page, number) if kind is PageKind.PARTLY and seen.turned == 0 else ()
    lines, layer, findings = _believed(kind, number, read, own, glyphs)
    return PageReading(
        number=number,
        width=width,
        height=height,
        kind=kind,
        turned=seen.turned,
        skew=skew,
        lines=lines,
        layer=layer,
        whole=kind is PageKind.PICTURE or bool(own and not findings and _all_seen(glyphs)),
        findings=findings,
    )


def _all_seen(glyphs: Sequence[Glyph]) -> bool:
    return all(glyph.seen or glyph.text.isspace() for glyph in glyphs)


def _text_page(page: pdfium.PdfPage, number: int, glyphs: Sequence[Glyph]) -> PageReading:
    turned = (360 - way_of_text(glyphs)) % 360
    width, height = page.get_size()
    if turned % 180:
        width, height = height, width
    return PageReading(
        number=number,
        width=width,
        height=height,
        kind=PageKind.TEXT,
        turned=turned,
        lines=lines_of_text(page, number, turned),
        whole=_all_seen(glyphs),
    )


def kind_of(glyphs: Sequence[Glyph], pictured: float) -> PageKind:
    """What a page with these characters and this share of pictures is."""
    letters = [glyph for glyph in glyphs if not glyph.text.isspace()]
    seen = [glyph for glyph in letters if glyph.seen]
    if not letters:
        return PageKind.PICTURE
    if len(seen) < len(letters) - len(seen):
        return PageKind.OLD_LAYER
    if sum(not glyph.meant for glyph in seen) > _UNMEANT * len(seen):
        return PageKind.UNMEANT
    return PageKind.PARTLY if pictured >= _PICTURED else PageKind.TEXT


type _Lines = tuple[TextLine, ...]


def _believed(
    kind: PageKind, page: int, read: _Lines, own: _Lines, glyphs: Sequence[Glyph]
) -> tuple[_Lines, _Lines, tuple[Finding, ...]]:
    """Lines to believe, lines for the text layer, and what was noticed, from what the picture and the page say."""
    match kind:
        case PageKind.PARTLY:
            beside = tuple(line for line in read if not _on(line, own))
            shown = "".join(line.text for line in read if _on(line, own))
            if own and not _says_the_same("".join(line.text for line in own), shown):
                return read, beside, (_differs(page, "own"),)
            return upright.in_reading_order([*own, *beside]), beside, ()
        case PageKind.OLD_LAYER:
            kept = "".join(glyph.text for glyph in glyphs)
            same = _says_the_same(kept, "".join(line.text for line in read))
            return read, (), () if same else (_differs(page, "layer"),)
        case PageKind.UNMEANT:
            return read, (), (_unmeant(page),)
        case _:
            return read, read, ()


def _on(line: TextLine, own: Sequence[TextLine]) -> bool:
    """Whether half of a line or more lies on lines that the page carries itself."""
    area = line.box.width * line.box.height
    return area > 0 and sum(_shared(line.box, other.box) for other in own) >= area / 2


def _shared(one: Box, other: Box) -> float:
    width = min(one.x1, other.x1) - max(one.x0, other.x0)
    height = min(one.y1, other.y1) - max(one.y0, other.y0)
    return max(0.0, width) * max(0.0, height)


def _says_the_same(carried: str, shown: str) -> bool:
    """Whether most characters of the carried text are shown, whatever their order."""
    said, seen = Counter("".join(carried.split())), Counter("".join(shown.split()))
    return (said & seen).total() >= _SAME_TEXT * said.total()


def _differs(page: int, source: str) -> Finding:
    return Finding(
        code="text-differs-from-picture",
        severity=Severity.LOW,
        sentence=Sentence(
            zh=f"第{page}页自带的文字与画面上看到的不一致，以画面识别结果为准；自带文字原样保留。",
            en=f"The text that page {page} carries differs from what it shows: the picture was believed.",
        ),
        figures={"page": page, "source": source, "least_shared": _SAME_TEXT},
    )


def _unmeant(page: int) -> Finding:
    return Finding(
        code="text-without-characters",
        severity=Severity.LOW,
        sentence=Sentence(
            zh=f"第{page}页的字体没有说明其字符，文字无法直接取出，已按画面识别。",
            en=f"The fonts of page {page} do not say which characters they show; the picture was read instead.",
        ),
        figures={"page": page, "most_unknown_share": _UNMEANT},
    )
