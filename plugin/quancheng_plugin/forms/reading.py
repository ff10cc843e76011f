"""What was read from a form, each value with where it stood and how sure the reading is."""

from typing import Annotated

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from quancheng_plugin.findings import Finding
from quancheng_plugin.ocr.lines import Box

Confidence = Annotated[float, Field(ge=0, le=1)]


class _Read(BaseModel):
    model_config = ConfigDict(frozen=True)

    raw: str
    page: int
    box: Box
    confidence: Confidence


class FieldRead(_Read):
    """A labelled value; `label` is the label as the catalogue spells it."""

    label: str
    value: str


class NumberRead(_Read):
    """The form's own number 文书编号, as read and normalised for matching."""

    normalised: str


class IntervalRead(_Read):
    """The time the form says its act took; `end` is None where the form carries a single moment."""

    start: AwareDatetime | None
    end: AwareDatetime | None


class FormRead(BaseModel):
    """Which form of the catalogue this is."""

    model_config = ConfigDict(frozen=True)

    code: str
    name: str
    confidence: Confidence
    stage: str | None = None
    """Stage of Art. 5 whose time the form carries, by its catalogue code."""
    recording: str = "none"
    """Whether the stage must be recorded: `always`, `conditional`, `optional` or `none`."""


class FormReading(BaseModel):
    """All that was read from one document.

    `review` names what a person must look at: `form`, `number`, `interval`, `party` or the key
    of a field; `findings` say why. A value named in `review` is a proposal, never a fact.
    """

    model_config = ConfigDict(frozen=True)

    form: FormRead | None
    number: NumberRead | None
    interval: IntervalRead | None
    party: FieldRead | None
    fields: dict[str, FieldRead]
    review: tuple[str, ...]
    findings: tuple[Finding, ...]
    text: str

    @property
    def labels(self) -> dict[str, str]:
        """What the form calls its further fields, by key: those read, and those found missing."""
        missing = {str(f.figures["field"]): str(f.figures["label"]) for f in self.findings if "label" in f.figures}
        return missing | {key: field.label for key, field in self.fields.items()}
