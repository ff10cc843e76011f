"""Which forms exist, as data: `catalogue.toml`, and the operator's own file beside it."""

from __future__ import annotations

import tomllib
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from quancheng_plugin.errors import QuanchengError
from quancheng_plugin.forms.stages import CaseKind, Stage
from quancheng_plugin.settings import PluginSettings

_DATA = Path(__file__).with_name("catalogue.toml")


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
    START = "start"
    END = "end"
    NUMBER = "number"
    PARTY = "party"
    SHIP = "ship"
    PEOPLE = "people"
    PLACE = "place"
    OTHER = "other"


class FieldSpec(BaseModel):
    """One labelled value: `key` names it in a reading, `labels` are the spellings seen in print."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    key: str
    role: Role
    labels: tuple[str, ...]


class Form(BaseModel):
    """One form: its names, where it belongs, and how its values are labelled.

    `time` says whether the form carries an interval, a single moment or no time of an act.
    `conditions` says in Chinese when a conditional stage must be recorded.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    code: str
    name: str
    variants: tuple[str, ...] = ()
    kinds: tuple[CaseKind, ...]
    stage: Stage | None = None
    recording: Recording = Recording.NONE
    conditions: str = ""
    numbered: bool = False
    time: Literal["interval", "moment", "none"] = "none"
    fields: tuple[FieldSpec, ...] = ()


class Catalogue(BaseModel):
    """All forms, in the order of the data."""

    model_config = ConfigDict(frozen=True)

    forms: tuple[Form, ...]

    def by_code(self, code: str) -> Form:
        """The form of that code; raises UnknownForm (QC-FORMS-UNKNOWN)."""
        for form in self.forms:
            if form.code == code:
                return form
        raise UnknownForm(zh=f"文书目录中没有代码“{code}”。", en=f"The catalogue has no form of code “{code}”.")


def catalogue(settings: PluginSettings) -> Catalogue:
    """The shipped forms with those of `settings.forms_extra` added or put in place of the same code.

    Raises CatalogueInvalid (QC-FORMS-CATALOGUE) when a file cannot be read or breaks the schema.
    """
    return _load(settings.forms_extra)


@cache
def _load(extra: Path | None) -> Catalogue:
    forms: dict[str, Form] = {}
    for path in (_DATA, extra):
        if path is not None:
            forms |= {form.code: form for form in _forms(path)}
    return Catalogue(forms=tuple(forms.values()))


def _forms(path: Path) -> list[Form]:
    try:
        data = tomllib.loads(path.read_text("utf-8"))
        return [Form.model_validate(entry) for entry in data.get("form", [])]
    except (OSError, ValueError, ValidationError) as error:
        raise CatalogueInvalid(
            zh=f"文书目录 {path} 无法使用：{error}", en=f"The catalogue {path} cannot be used: {error}"
        ) from error
