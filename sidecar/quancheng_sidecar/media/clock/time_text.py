"""Times of day in a line of recognised text, in every notation that cameras burn in."""

import re
from dataclasses import dataclass
from datetime import timedelta

_LOOKALIKES = str.maketrans(
    "０１２３４５６７８９：；．，－／　﹕∶〇—–−｜",
    "0123456789:;.,-/ ::0---|",
)
"""Full-width forms and dashes, one character each, so that places in the text stay the same."""

_LETTER_FOR_DIGIT = re.compile(r"(?<=[\d:\-/.])[OoQ](?=[\d:\-/.]|$)|(?<=[\d:\-/.])[lI|](?=[\d:\-/.]|$)")

_MORNING = frozenset({"上午", "早上", "早晨", "清晨"})
_AFTERNOON = frozenset({"下午", "傍晚"})
_NIGHT = frozenset({"晚上", "夜里", "夜间", "深夜", "半夜", "午夜"})
_WORDS = "|".join(sorted({"凌晨", "中午"} | _MORNING | _AFTERNOON | _NIGHT))
_HALF_BEFORE = rf"(?P<before>{_WORDS}|[AaPp]\.?[Mm]\.?)?\s?"
_HALF_AFTER = r"(?:\s?(?P<after>上午|下午|[AaPp]\.?\s?[Mm](?![a-z])\.?))?"
_FRACTION = r"(?:[.,](?P<fraction>\d{1,3})(?!\d)|[:;](?P<frames>\d{2,3})(?!\d))?"
_NOTATIONS: dict[str, re.Pattern[str]] = {
    "separated": re.compile(
        _HALF_BEFORE
        # A narrow figure may stand apart, as the 1 of seven segments does: `04:3 1:28`.
        + r"(?P<h>(?<!\d)\d|\d\d)\s?(?P<mark>[:;.])\s?(?P<m>\d ?\d)\s?[:;.]\s?(?P<s>\d\d|\d \d$)"
        + _FRACTION
        + _HALF_AFTER
    ),
    "half-separated": re.compile(
        _HALF_BEFORE + r"(?P<h>\d\d)(?:[:;.](?P<m>\d\d)|(?P<m2>\d\d)[:;.])(?P<s>\d\d)(?!\d|[:;.]\d)" + _HALF_AFTER
    ),
    "spaced": re.compile(r"(?<![\d.:])(?P<h>\d\d) (?P<m>\d\d) (?P<s>\d\d)(?![\d:.])"),
    "chinese": re.compile(
        _HALF_BEFORE + r"(?P<h>\d{1,2})\s?[时時点]\s?(?P<m>\d{1,2})\s?分\s?(?P<s>\d{1,2})\s?(?:秒|$|(?=\D))"
    ),
    "solid": re.compile(r"(?P<h>\d\d)(?P<m>\d\d)(?P<s>\d\d)(?P<fraction>\d{3})?(?!\d)"),
    "minutes": re.compile(
        _HALF_BEFORE
        # `+08:00` is an offset, not a time of day.
        + r"(?<![:;.+])(?<!UTC-)(?<!GMT-)(?P<h>(?<!\d)\d|\d\d)\s?[:时]\s?(?P<m>\d\d)"
        + r"(?![\d:;]|[.]\d|\s?[:;.]\s?\d)分?"
        + _HALF_AFTER
    ),
}
_ZONE = re.compile(
    r"\s?(?:(?P<z>Z(?![A-Za-z])|(?:UTC|GMT)(?!\s?[+-]))"
    r"|(?:UTC|GMT)\s?(?P<sign>[+-])(?P<h>\d{1,2})(?::?(?P<m>\d\d))?(?!\d)"
    r"|(?P<sign2>[+-])(?P<h2>0\d|1[0-4]):?(?P<m2>00|30|45)(?!\d))"
)
"""An offset written behind the time; some body-worn cameras burn in UTC (`T01:30:05Z`)."""
_NOON = 12
_NIGHT_BEGINS = 5
"""`晚上5点` is evening, `晚上4点` rather the small hours."""
_NOON_BEGINS, _NOON_ENDS = 10, 3
_MAX = (24, 60, 60)


@dataclass(frozen=True)
class TimeRead:
    """A time of day as read: `of_day` since midnight, true to `resolution_s`; `span` is its place in the text."""

    of_day: timedelta
    resolution_s: float
    notation: str
    half: bool
    """Whether morning or afternoon stood beside it (12-hour clock)."""
    span: tuple[int, int]
    frames: int | None = None
    """Number of the frame within the second, where one is burnt in."""
    zone: timedelta | None = None
    """Offset from UTC, where one is written behind the time."""
    unsure: bool = False
    """Whether the word beside it leaves open which half of the day, or which day, is meant."""

    @property
    def seconds(self) -> float:
        """Seconds since midnight."""
        return self.of_day.total_seconds()


def normalise(text: str) -> str:
    """Replace full-width forms and letters that stand for digits between digits; length and places stay."""
    return _LETTER_FOR_DIGIT.sub(lambda found: "0" if found[0] in "OoQ" else "1", text.translate(_LOOKALIKES))


def times_in(text: str) -> tuple[TimeRead, ...]:
    """Find every time of day in a normalised text; one place may be read in several notations.

    Six digits in a row count too (`20260301093005`), so an officer's number may come back as a time:
    only what advances with the recording is a clock.
    """
    found: list[TimeRead] = []
    for notation, pattern in _NOTATIONS.items():
        begin = 0
        while match := pattern.search(text, begin):
            begin = match.start() + 1
            read = _read(notation, match)
            if read is not None and not _swallowed(read, found):
                found.append(read)
    return tuple(found)


def _swallowed(read: TimeRead, found: list[TimeRead]) -> bool:
    """Whether a better notation already holds this place.

    Figures in a row keep every reading: without the date beside them it is not known where the time begins.
    """
    rivals = [other for other in found if (read.notation, other.notation) != ("solid", "solid")]
    return any(read.span[0] < other.span[1] and other.span[0] < read.span[1] for other in rivals)


def _read(notation: str, match: re.Match[str]) -> TimeRead | None:
    parts = match.groupdict()
    hour, minute = int(parts["h"]), _pair(parts["m"] or parts.get("m2"))
    second = _pair(parts.get("s"))
    word = parts.get("before") or parts.get("after") or ""
    if not (hour < _MAX[0] and minute < _MAX[1] and second < _MAX[2]):
        return None
    # `01.08:42:30` is the day of a date and a time, not a time with the number of its frame.
    if parts.get("frames") and parts.get("mark") == ".":
        return None
    hour, unsure = _of_the_day(word, hour)
    fraction = parts.get("fraction")
    resolution = 60.0 if notation == "minutes" else 10.0 ** -len(fraction) if fraction else 1.0
    of_day = timedelta(hours=hour, minutes=minute, seconds=second + (float(f"0.{fraction}") if fraction else 0.0))
    frames = parts.get("frames")
    zone = _zone_behind(match.string, match.end())
    number = int(frames) if frames else None
    # A mark that one frame shows and the next does not was lost by the recogniser: it is one notation.
    notation = notation.removeprefix("half-")
    return TimeRead(of_day, resolution, notation, bool(word), match.span(), number, zone, unsure)


def _pair(figures: str | None) -> int:
    return int((figures or "0").replace(" ", ""))


def _zone_behind(text: str, end: int) -> timedelta | None:
    found = _ZONE.match(text, end)
    if found is None:
        return None
    if found["z"]:
        return timedelta()
    sign = -1 if (found["sign"] or found["sign2"]) == "-" else 1
    return sign * timedelta(hours=int(found["h"] or found["h2"]), minutes=int(found["m"] or found["m2"] or 0))


def _of_the_day(word: str, hour: int) -> tuple[int, bool]:
    """The hour 0..23 that `hour` means beside a word for a part of the day, and whether that is unsure.

    CLDR's day periods for Chinese, and how people speak. Unsure: `上午12点` (midnight as AM, noon in speech), the night
    from twelve on (the date beside it may be the evening's), and hours that the word does not cover.
    """
    if not word or hour > _NOON:
        return hour, False
    twelve = hour % _NOON
    if word in _NIGHT:
        return (twelve + _NOON, False) if twelve >= _NIGHT_BEGINS else (twelve, True)
    if word == "中午":
        return (hour, False) if hour >= _NOON_BEGINS else (hour + _NOON, hour > _NOON_ENDS)
    if word in _AFTERNOON or word[0] in "Pp":
        return twelve + _NOON, False
    return twelve, word in _MORNING and hour == _NOON
