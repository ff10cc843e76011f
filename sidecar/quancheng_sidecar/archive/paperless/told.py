"""What a check tells of one thing: right, wrong with its remedy, or not to be known."""

from collections.abc import Mapping
from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from quancheng_plugin.findings import Severity
from quancheng_plugin.sentence import Sentence

Figure = str | int | float | bool | None


class State(StrEnum):
    """What can be said of one thing."""

    RIGHT = "right"
    WRONG = "wrong"
    UNKNOWN = "unknown"

    @property
    def zh(self) -> str:
        """The state as people read it."""
        return {"right": "正常", "wrong": "有问题", "unknown": "不能确定"}[self.value]


class CheckItem(BaseModel):
    """One thing that was looked at. `code` is stable (kebab-case); `severity` is info unless something is wrong;
    `figures` hold what was measured, each key naming its unit.
    """

    model_config = ConfigDict(frozen=True)

    code: str
    state: State
    severity: Severity = Severity.INFO
    sentence: Sentence
    remedy: Sentence | None = None
    figures: dict[str, Figure] = {}


def right(code: str, zh: str, en: str, **figures: Figure) -> CheckItem:
    """Said of what is as it should be."""
    return CheckItem(code=code, state=State.RIGHT, sentence=Sentence(zh=zh, en=en), figures=figures)


def unknown(code: str, sentence: Sentence, remedy: Sentence) -> CheckItem:
    """Said of what cannot be known from here; `remedy` is how a person can find out."""
    return CheckItem(code=code, state=State.UNKNOWN, sentence=sentence, remedy=remedy)


def wrong(
    code: str, severity: Severity, sentence: Sentence, remedy: Sentence, figures: Mapping[str, Figure] | None = None
) -> CheckItem:
    """Said of what a person has to put right."""
    return CheckItem(
        code=code, state=State.WRONG, severity=severity, sentence=sentence, remedy=remedy, figures=dict(figures or {})
    )
