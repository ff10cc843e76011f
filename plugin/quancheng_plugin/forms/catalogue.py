"""Which forms exist, as data: `catalogue.toml`, and the operator's own file beside it.

A file holds `[field.NAME]` tables (values that several forms share), `[[form]]` entries that name
them in `uses` or carry `[[form.fields]]` of their own, `stops` (labels that only end the value before
them) and `bodies` (labels under which the narrative begins). Fields of the shipped file can be used
in the operator's.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, cached_property
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from quancheng_plugin.errors import QuanchengError
from quancheng_plugin.forms.stages import CaseKind, Stage
from quancheng_plugin.settings import PluginSettings

_DATA = Path(__file__).with_name("catalogue.toml")


_MARKS = re.compile(r"[^\u3400-\u9fffA-Za-z]")
_BRACKETED = re.compile(r"[(（][^()（）]*[)）]")
_LEAST_NAME = 4


def bare(name: str) -> str:
    """A name without brackets, marks, digits and spaces, as names are compared."""
    return _MARKS.sub("", name)


class CatalogueInvalid(QuanchengError):
    """The forms' TOML cannot be used."""

    code = "QC-FORMS-CATALOGUE"


class UnknownForm(QuanchengError):
    """No form of that code is in the catalogue."""

    code = "QC-FORMS-UNKNOWN"


class Recording(StrEnum):
    """Whether the stage that a form documents must be recorded (Art. 5)."""

    ALWAYS = "always"
    CONDITIONAL = "conditional"
    OPTIONAL = "optional"
    NONE = "none"


class Role(StrEnum):
    """What a labelled value is to the reader."""

    INTERVAL = "interval"
    MOMENT = "moment"
    START = "start"
    END = "end"
    DATE = "date"  # the day alone, where the times stand under a label of their own
    NUMBER = "number"
    PARTY = "party"
    NAME = "name"  # 姓名, 名称: the party where the party's own label heads several cells
    SHIP = "ship"
    PEOPLE = "people"
    PLACE = "place"
    OTHER = "other"


class _Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class FieldSpec(_Data):
    """One labelled value: `key` names it in a reading, `labels` are the spellings seen in print.

    `several`: the label may stand more than once, each time with a value of its own, and all are kept.
    `shape`: a regular expression; a value that it does not match whole is for review.
    """

    key: str
    role: Role
    labels: Annotated[tuple[str, ...], Field(min_length=1)]
    several: bool = False
    shape: str = ""


class Requirement(_Data):
    """How the value of `field` settles a conditional recording: words for `always`, words for `optional`."""

    field: str
    always: tuple[str, ...]
    optional: tuple[str, ...]


class Form(_Data):
    """One form: its names, where it belongs, and how its values are labelled.

    `time` says whether the form carries an interval, a single moment or no time of an act.
    `conditions` says in Chinese when the recording must be made. `addressed`: the party may stand
    without label, as the addressee in the first line of the letter; `party_optional`: not every sheet names one.
    `printed` are the keys of further fields whose label stands on every sheet: where it is not found, it was not read.
    """

    code: Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
    name: Annotated[str, Field(min_length=2)]
    variants: tuple[str, ...] = ()
    kinds: tuple[CaseKind, ...]
    stage: Stage | None = None
    recording: Recording = Recording.NONE
    conditions: str = ""
    requirement: Requirement | None = None
    numbered: bool = False
    addressed: bool = False
    party_optional: bool = False
    time: Literal["interval", "moment", "none"] = "none"
    printed: tuple[str, ...] = ()
    fields: tuple[FieldSpec, ...] = ()

    @property
    def carries_party(self) -> bool:
        """Whether every sheet of the form names the party."""
        return not self.party_optional and any(field.role is Role.PARTY for field in self.fields)


@dataclass(frozen=True, eq=False)
class Catalogue:
    """All forms in the order of the data, the labels that only end a value, and those that open the narrative."""

    forms: tuple[Form, ...]
    stops: tuple[str, ...] = ()
    bodies: tuple[str, ...] = ()

    @cached_property
    def names(self) -> dict[str, Form]:
        """Every name of every form in bare characters: `现场检查(勘验)笔录` also without what the brackets hold."""
        full = {bare(name): form for form in reversed(self.forms) for name in (form.name, *form.variants)}
        short = {
            bare(_BRACKETED.sub("", name)): form
            for form in reversed(self.forms)
            for name in (form.name, *form.variants)
        }
        return {name: form for name, form in short.items() if len(name) >= _LEAST_NAME} | full

    def by_code(self, code: str) -> Form:
        """The form of that code; raises UnknownForm (QC-FORMS-UNKNOWN)."""
        for form in self.forms:
            if form.code == code:
                return form
        raise UnknownForm(zh=f"文书目录中没有代码“{code}”。", en=f"The catalogue has no form of code “{code}”.")


class _Entry(Form):
    uses: tuple[str, ...] = ()


class _Shared(_Data):
    role: Role
    labels: Annotated[tuple[str, ...], Field(min_length=1)]
    several: bool = False
    shape: str = ""
    key: str | None = None


class _File(_Data):
    stops: tuple[str, ...] = ()
    bodies: tuple[str, ...] = ()
    field: dict[str, _Shared] = {}
    form: tuple[_Entry, ...] = ()


def catalogue(settings: PluginSettings) -> Catalogue:
    """The shipped forms with those of `settings.forms_extra` added or put in place of the same code.

    Raises CatalogueInvalid (QC-FORMS-CATALOGUE) when a file cannot be read or breaks the schema.
    """
    return _load(settings.forms_extra)


@cache
def _load(extra: Path | None) -> Catalogue:
    forms: dict[str, Form] = {}
    shared: dict[str, _Shared] = {}
    stops: tuple[str, ...] = ()
    bodies: tuple[str, ...] = ()
    for path in (_DATA, extra):
        if path is None:
            continue
        file = _file(path)
        shared |= file.field
        stops += file.stops
        bodies += file.bodies
        forms |= {entry.code: _form(entry, shared, path) for entry in file.form}
    return Catalogue(
        forms=tuple(forms.values()), stops=tuple(dict.fromkeys(stops)), bodies=tuple(dict.fromkeys(bodies))
    )


def _file(path: Path) -> _File:
    try:
        return _File.model_validate(tomllib.loads(path.read_text("utf-8")))
    except (OSError, ValueError, ValidationError) as error:
        raise _invalid(path, str(error)) from error


def _form(entry: _Entry, shared: Mapping[str, _Shared], path: Path) -> Form:
    missing = [name for name in entry.uses if name not in shared]
    if missing:
        raise _invalid(path, f"{entry.code}: uses = {', '.join(missing)}?")
    used = tuple(
        FieldSpec(key=shared[name].key or name, **shared[name].model_dump(exclude={"key"})) for name in entry.uses
    )
    fields = (*entry.fields, *used)
    if unknown := set(entry.printed) - {field.key for field in fields}:
        raise _invalid(path, f"{entry.code}: printed = {', '.join(sorted(unknown))}?")
    return Form(**entry.model_dump(exclude={"uses", "fields"}), fields=fields)


def _invalid(path: Path, reason: str) -> CatalogueInvalid:
    return CatalogueInvalid(
        zh=f"文书目录 {path} 无法使用，请改正后重试：{reason}",
        en=f"The catalogue of forms {path} cannot be used; correct it and try again: {reason}",
    )
