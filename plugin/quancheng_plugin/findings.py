"""What an examination noticed: never a verdict of genuineness, only signs and their figures."""

from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from quancheng_plugin.sentence import Sentence


class Severity(StrEnum):
    """How much a finding weighs. `HIGH` only where ordinary use cannot have left the sign."""

    INFO = "info"
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"

    @property
    def zh(self) -> str:
        """The severity as a clerk reads it."""
        return _SEVERITY_ZH[self]


_SEVERITY_ZH = {Severity.INFO: "提示", Severity.LOW: "轻微", Severity.MEDIUM: "中等", Severity.HIGH: "严重"}


class Finding(BaseModel):
    """One sign, with the figures it rests on (SWGDE: what was examined, how, what follows).

    `code` is stable (``kebab-case``). `at` is seconds of media time from the first frame, or
    None when the sign belongs to the file as a whole. `figures` hold measured values and the
    tolerance they were held against, each key naming its unit (``delta_s``, ``tolerance_s``).
    """

    model_config = ConfigDict(frozen=True)

    code: str
    severity: Severity
    sentence: Sentence
    at: float | None = None
    figures: dict[str, str | int | float | bool | None] = {}
