"""Reads a form: lines of text in; its name, number, interval, party and other fields out."""

from collections.abc import Sequence
from datetime import date, timedelta, timezone
from itertools import groupby

from quancheng_plugin.forms.catalogue import Catalogue, Form, Recording, Role, catalogue
from quancheng_plugin.forms.cells import Labelled, Sheet
from quancheng_plugin.forms.further_fields import further_fields, labels_lost
from quancheng_plugin.forms.label_index import Hit, label_index
from quancheng_plugin.forms.labels import find_labels
from quancheng_plugin.forms.layout import Piece, pieces, rows
from quancheng_plugin.forms.mending import mend
from quancheng_plugin.forms.own_number import find_own_number
from quancheng_plugin.forms.parties import find_party
from quancheng_plugin.forms.reading import FieldRead, FormRead, FormReading
from quancheng_plugin.forms.review import Review
from quancheng_plugin.forms.times import find_time
from quancheng_plugin.forms.titles import Title, find_title
from quancheng_plugin.ocr.lines import TextLine
from quancheng_plugin.present import present
from quancheng_plugin.settings import PluginSettings

_TIMES = frozenset({Role.INTERVAL, Role.MOMENT, Role.START, Role.END})
_OPENING_ROWS = 7
_AS_BIG = 0.8
_FULL_WIDTH = 400.0


def _today(zone_offset: timedelta) -> date:
    return present().astimezone(timezone(zone_offset)).date()


def read(lines: Sequence[TextLine], settings: PluginSettings, today: date | None = None) -> FormReading:
    """Read one document from its lines, in any order, of any number of pages.

    Pure but for loading the catalogue once and, without `today`, looking at the clock: a form tells of what was
    done, so that a later day is for review. Raises CatalogueInvalid only; unreadable content is never an error but a
    reading with `review` and `findings`.
    """
    forms = catalogue(settings)
    zone_offset = timedelta(hours=settings.utc_offset_hours)
    found = pieces(lines)
    title = _title(found, forms, 1)
    other = _second_form(found, forms, title)
    kept = [piece for piece in found if other is None or piece.page < other.pieces[0].page]
    sheets = _sheets(kept, forms, title)
    values = [value for sheet in sheets for value in sheet.values()]
    head = _until_narrative(values)
    opening = _opening(sheets, values)
    form = title.form if title else None
    number = find_own_number(values, opening, title.pieces if title else ())
    strays = [piece for sheet in sheets for piece in sheet.unclaimed]
    time = find_time(
        _with_edges(head, values),
        form,
        _narrative(sheets, values),
        strays,
        zone_offset,
    )
    party = find_party(head, opening, form, _on_sheet(strays, title))
    fields = further_fields(values, len(head), form, label_index(forms, form))
    review = Review(settings.review_below, today or _today(zone_offset))
    review.form(title, other)
    text = text_of(found)
    review.number(number, form, text)
    review.time(time, form, number)
    review.party(party, form)
    review.fields(fields, labels_lost(form, values, strays))
    return FormReading(
        form=_form_read(title, fields, settings.review_below),
        number=number.read,
        interval=time.read,
        party=party.read,
        fields=fields,
        review=tuple(review.names),
        findings=tuple(review.findings),
        text=text,
    )


def text_of(found: Sequence[Piece]) -> str:
    """The text in reading order: a row a line, cells of a row apart by two spaces, pages by a form feed."""
    by_page: dict[int, list[Piece]] = {}
    for piece in found:
        by_page.setdefault(piece.page, []).append(piece)
    return "\f".join(
        "\n".join("  ".join(piece.text.source for piece in row) for row in rows(on_page))
        for on_page in by_page.values()
    )


def _title(found: Sequence[Piece], forms: Catalogue, page: int) -> Title | None:
    on_page = [piece for piece in found if piece.page == page]
    if not on_page:
        return None
    left, right = min(piece.x0 for piece in on_page), max(piece.x1 for piece in on_page)
    # Only text that runs from margin to margin tells where the page has its middle.
    centre = (left + right) / 2 if right - left > _FULL_WIDTH else None
    return find_title(_head(found, forms, page), forms, centre)


def _head(found: Sequence[Piece], forms: Catalogue, page: int) -> list[Piece]:
    """The pieces of a page above the first label of a value, numbers apart."""
    on_page = [piece for piece in found if piece.page == page]
    hits = find_labels(on_page, label_index(forms, None))
    first = min((hit.piece.y - hit.piece.height / 2 for hit in hits if _opens_values(hit)), default=float("inf"))
    return [piece for piece in on_page if piece.y < first]


def _opens_values(hit: Hit) -> bool:
    # A title on two lines may end in a line that is also the name of a narrative: 讨论记录.
    return hit.known and hit.quality == 1 and hit.role is not Role.NUMBER and (hit.colon or not hit.body)


def _second_form(found: Sequence[Piece], forms: Catalogue, title: Title | None) -> Title | None:
    """The title of another form that a later page begins, in type as big as this one's."""
    if title is None:
        return None
    height = max(piece.height for piece in title.pieces)
    for page in sorted({piece.page for piece in found if piece.page > 1}):
        later = _title(found, forms, page)
        if later is None or later.form.code == title.form.code or later.quality < 1:
            continue
        if max(piece.height for piece in later.pieces) >= _AS_BIG * height:
            return later
    return None


def _sheets(found: Sequence[Piece], forms: Catalogue, title: Title | None) -> list[Sheet]:
    """The pages, each with its labels; no label and no cell runs over from one page to the next."""
    index = label_index(forms, title.form if title else None)
    named = {id(piece) for piece in title.pieces} if title else set()
    sheets = []
    for _, on_page in groupby(found, key=lambda piece: piece.page):
        mended = mend([piece for piece in on_page if id(piece) not in named], index)
        sheets.append(Sheet(mended, find_labels(mended, index)))
    return sheets


def _until_narrative(values: Sequence[Labelled]) -> list[Labelled]:
    """The values above the first label that opens the narrative; below it come answers and places to sign."""
    for place, value in enumerate(values):
        if value.hit.body:
            return list(values[:place])
    return list(values)


def _with_edges(head: Sequence[Labelled], values: Sequence[Labelled]) -> list[Labelled]:
    """The head's values, and an end that is written below the narrative when the act is over."""
    late = [value for value in values if value.hit.role is Role.END and value not in head]
    return [*head, *late]


def _opening(sheets: Sequence[Sheet], values: Sequence[Labelled]) -> list[Piece]:
    """The pieces of the first page between its top and the first label of a value, numbers apart."""
    first = next((value.hit.piece for value in values if _opens_values(value.hit)), None)
    on_page = [piece for sheet in sheets[:1] for piece in sheet.pieces if piece.page == 1]
    if first is None or first.page > 1:
        return [piece for row in rows(on_page)[:_OPENING_ROWS] for piece in row]
    return [piece for piece in on_page if piece.y < first.y - first.height / 2]


def _on_sheet(strays: Sequence[Piece], title: Title | None) -> list[Piece]:
    """The pieces of the first page below the title: the office's name stands above it."""
    above = max((piece.y for piece in title.pieces), default=0.0) if title else 0.0
    return [piece for piece in strays if piece.page == 1 and piece.y > above]


def _narrative(sheets: Sequence[Sheet], values: Sequence[Labelled]) -> str:
    """The text outside the labelled times, lines run together so that what wraps stays whole."""
    timed = {id(part.piece) for value in values if value.hit.role in _TIMES for part in value.parts}
    timed |= {id(value.hit.piece) for value in values if value.hit.role in _TIMES}
    return "".join(piece.text.source for sheet in sheets for piece in sheet.pieces if id(piece) not in timed)


def _form_read(title: Title | None, fields: dict[str, FieldRead], threshold: float) -> FormRead | None:
    if title is None:
        return None
    form = title.form
    return FormRead(
        code=form.code,
        name=form.name,
        confidence=title.confidence,
        stage=form.stage.value if form.stage else None,
        recording=_recording(form, fields, threshold).value,
    )


def _recording(form: Form, fields: dict[str, FieldRead], threshold: float) -> Recording:
    """What the form asks for, settled by a value such as 送达方式 where that was read for sure."""
    asked = form.requirement
    value = fields.get(asked.field) if asked else None
    if asked is None or value is None or value.confidence < threshold:
        return form.recording
    always = any(word in value.value for word in asked.always)
    optional = any(word in value.value for word in asked.optional)
    if always == optional:  # neither, or several boxes of which it is not known which is ticked
        return form.recording
    return Recording.ALWAYS if always else Recording.OPTIONAL
