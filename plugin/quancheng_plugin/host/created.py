"""The date that a document bears: from the form's reading where that is sure, else from its text."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta, timezone

from quancheng_plugin.forms.date_grammar import MOMENT, moment_at
from quancheng_plugin.forms.date_values import Doubt, instant_of
from quancheng_plugin.forms.glyphs import fold
from quancheng_plugin.forms.reading import FormReading

_ZONE = timezone(timedelta())  # days alone are read here; no zone can change them


@dataclass(frozen=True)
class _Dated:
    day: date
    alone: bool


def date_of(reading: FormReading) -> datetime | None:
    """Start of the form's own interval; None where there is none or a person has yet to check it."""
    if reading.interval is None or {"interval", "form"} & set(reading.review):
        return None
    return reading.interval.start


def dates_in(text: str) -> tuple[date, ...]:
    """Dates written in full and without doubt, the likeliest date of the document first, each once.

    A date that has a line to itself is the one under the signature (落款日期), the last of them foremost; the
    others follow in their order. Never raises.
    """
    dated = tuple(_dates(text))
    foremost = [found.day for found in reversed(dated) if found.alone]
    return tuple(dict.fromkeys([*foremost, *(found.day for found in dated)]))


def _dates(text: str) -> Iterator[_Dated]:
    for line in text.splitlines():
        folded = fold(line)
        for match in MOMENT.finditer(folded.text):
            doubts: set[Doubt] = set()
            pieces = replace(moment_at(match), half=None, hour="0", minute="0", second=None, about=False)
            at = instant_of(pieces, _ZONE, doubts)
            if at is not None and not doubts:
                yield _Dated(at.date(), alone=match.group().strip() == folded.text.strip())
