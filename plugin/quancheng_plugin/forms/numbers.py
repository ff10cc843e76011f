"""Numbers of documents 文书编号: `机关简称+文书简称〔年份〕序号号`."""

from pydantic import BaseModel, ConfigDict


class NumberText(BaseModel):
    """A number as written: `text[begin:stop]` is `raw`; `repaired` when a character had to be replaced."""

    model_config = ConfigDict(frozen=True)

    raw: str
    normalised: str
    begin: int
    stop: int
    year: int
    serial: str
    repaired: bool = False


def find_numbers(text: str) -> tuple[NumberText, ...]:
    """Every number in `text`, in its order. Never raises."""
    del text
    return ()


def normalise(text: str) -> str:
    """The number in one spelling for matching: `闽鼎海渔执罚〔2020〕218号`.

    Widths, spaces, kinds of brackets, 第 and leading zeros do not count. A text that is no number
    comes back with its widths and spaces evened out, so that it can still be compared.
    """
    return text
