"""Decides what a person must look at: every value that is missing, doubtful, or contradicted."""

import re
from datetime import date, timedelta

from quancheng_plugin.findings import Finding
from quancheng_plugin.forms import review_words as words
from quancheng_plugin.forms.catalogue import Form
from quancheng_plugin.forms.dates import Doubt, holds_clock, read_moment
from quancheng_plugin.forms.own_number import NumberFound
from quancheng_plugin.forms.parties import PartyFound
from quancheng_plugin.forms.reading import FieldRead
from quancheng_plugin.forms.times import TimeFound
from quancheng_plugin.forms.titles import Title

# The year of a written date.
_YEAR = re.compile(r"(?<![0-9])((?:19|20)[0-9]{2}) ?年 ?[0-9]{1,2} ?月")
# The number of one officer, and what parts the names of several.
_OFFICER_ID = re.compile(r"[0-9]{4,}")
_OF_TIME = re.compile(r"时间|日期")
_BETWEEN_NAMES = re.compile(r"[、,，;；/\s]+")


class Review:
    """Gathers the names of values to review and the findings that say why.

    `threshold` (0..1) is the least confidence that passes; `today` is the day on which the form is read.
    """

    def __init__(self, threshold: float, today: date) -> None:
        self.threshold = threshold
        self.today = today
        self.names: list[str] = []
        self.findings: list[Finding] = []

    def _add(self, name: str, finding: Finding) -> None:
        if name not in self.names:
            self.names.append(name)
        self.findings.append(finding)

    def _sure(self, name: str, label: str, raw: str, confidence: float) -> None:
        if confidence < self.threshold:
            self._add(name, words.unsure(name, label, raw, confidence, self.threshold))

    def form(self, title: Title | None, other: Title | None) -> None:
        """The form's name; `other` is a second form further on in the same file."""
        if title is None:
            self._add("form", words.unknown_form())
            return
        self._sure("form", "", "".join(piece.text.source for piece in title.pieces), title.confidence)
        if other is not None:
            self._add("form", words.several_forms(other.form.name, other.pieces[0].page))

    def number(self, found: NumberFound, form: Form | None, text: str) -> None:
        """The form's own number; only a form that always carries one can miss it. `text` is all of the form's."""
        if found.read is None:
            if (form is not None and form.numbered) or found.remnant:
                self._add("number", words.missing("number"))
            return
        self._sure("number", "", found.read.raw, found.read.confidence)
        if found.contradicts:
            self._add("number", words.contradiction("number", found.read.raw, found.contradicts))
        if found.year is not None and found.year > self.today.year:
            self._add("number", words.in_future("number", found.read.raw))
        years = {int(year) for year in _YEAR.findall(text)}
        if (own := found.year) and years and all(abs(own - year) > 1 for year in years):
            self._add("number", words.number_year(found.read.raw))

    def time(self, found: TimeFound, form: Form | None, number: NumberFound) -> None:
        """The interval or moment; without a known form it is a proposal in any case."""
        read = found.read
        if read is None:
            if form is not None and form.time != "none":
                self._add("interval", words.missing("interval"))
            return
        for doubt in found.doubts:
            self._add("interval", words.time_doubt(doubt, read.raw))
        if found.from_body:
            self._add("interval", words.from_narrative(read.raw))
        elif not found.doubts:
            self._sure("interval", "", read.raw, read.confidence)
        if found.contradicts:
            self._add("interval", words.contradiction("interval", read.raw, found.contradicts))
        if (last := read.end or read.start) and last.date() > self.today:
            self._add("interval", words.in_future("interval", read.raw))
        if form is None:
            self._add("interval", words.time_of_unknown_form(read.raw))
        if read.start and number.read and (year := number.year) and abs(year - read.start.year) > 1:
            self._add("interval", words.year_differs(read.raw, number.read.raw))

    def party(self, found: PartyFound, form: Form | None) -> None:
        """The party; a form whose labels hold one can miss it."""
        if found.read is None:
            if form is None or form.carries_party or found.label_lost:
                self._add("party", words.missing("party"))
            return
        self._sure("party", "", found.read.raw, found.read.confidence)
        if found.contradicts:
            self._add("party", words.contradiction("party", found.read.raw, found.contradicts))

    def fields(self, fields: dict[str, FieldRead], lost: dict[str, str]) -> None:
        """The further fields: each by its own confidence; of those in `lost` (key and label) no label was found."""
        for key, label in lost.items():
            self._add(key, words.label_lost(key, label))
        for key, field in fields.items():
            self._sure(key, field.label, field.raw, field.confidence)
            self._day(key, field)
        self._officers(fields)

    def _day(self, key: str, field: FieldRead) -> None:
        """A day under a label of time (收件时间, 立案日期) has come and is one that can be."""
        if not _OF_TIME.search(field.label):
            return
        midnight = "" if holds_clock(field.value) else "0时0分"  # most give the day alone
        told = read_moment(field.value + midnight, timedelta())
        for doubt in told.doubts if told else ():
            if doubt is not Doubt.INCOMPLETE:
                self._add(key, words.time_doubt(doubt, field.raw))
        if told and told.start and told.start.date() > self.today:
            self._add(key, words.field_in_future(key, field.label, field.raw))

    def _officers(self, fields: dict[str, FieldRead]) -> None:
        """More numbers of officers than names: one of the names was not found."""
        if (ids := fields.get("officer_ids")) is None or "officers" in self.names:
            return
        people = "、".join(fields[key].value for key in ("officers", "recorder") if key in fields)
        numbers, names = set(_OFFICER_ID.findall(ids.value)), set(filter(None, _BETWEEN_NAMES.split(people)))
        if names and len(numbers) > len(names):
            self._add("officers", words.officers_missing(people, ids.raw))
