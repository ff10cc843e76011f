"""Start times in file names, in the patterns that cameras and phones use."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

_YEAR = r"(?P<Y>(?:19[7-9]|20\d)\d)"
_PATTERNS = (
    # 20260301_093005, VID_20260301_093005_001, 20260301093005_0001, 2026-03-01-09-30-05, 2026_0301_093005, …T…Z
    re.compile(
        rf"(?<!\d){_YEAR}(?P<sep>[-_.]?)(?P<m>\d\d)[-_.]?(?P<d>\d\d)(?:[-_ T@]|\s-\s|__)?"
        r"(?P<H>\d\d)[-_.:：h]?(?P<M>\d\d)[-_.:：m]?(?P<S>\d\d)(?:[.,](?P<f>\d{1,6}))?(?P<z>Z|[+-]\d\d:?\d\d)?(?!\d\d?(?:\D|$))"
    ),
    re.compile(
        rf"(?<!\d){_YEAR}\s?年\s?(?P<m>\d{{1,2}})\s?月\s?(?P<d>\d{{1,2}})\s?[日号][\s_-]*"
        r"(?P<H>\d{1,2})\s?[时点:：_]\s?(?P<M>\d{1,2})(?:\s?[分:：_](?:\s?(?P<S>\d{1,2})\s?秒?)?)?"
    ),
    # A solid 17 figures: with milliseconds.
    re.compile(rf"(?<!\d){_YEAR}(?P<m>\d\d)(?P<d>\d\d)(?P<H>\d\d)(?P<M>\d\d)(?P<S>\d\d)(?P<f>\d{{3}})(?!\d)"),
)
_SAVED_NOT_MADE = re.compile(r"^(?:mmexport|FB_IMG_|received_)", re.IGNORECASE)
"""Chat programs name a file by the moment it was saved."""
_NAMED_IN_UTC = re.compile(r"^PXL_", re.IGNORECASE)
_EPOCH = re.compile(r"(?<!\d)(?P<t>1[0-9]{9})(?P<ms>\d{3})?(?!\d)")
_EARLIEST_EPOCH = 1_262_304_000
"""2010-01-01: an eleven-digit telephone number or a serial number before it is no time."""


@dataclass(frozen=True)
class NamedTime:
    """A time written in a file name, the part it was read from, and whether it carries seconds."""

    instant: datetime
    raw: str
    has_seconds: bool


def time_in_name(name: str, zone: ZoneInfo) -> NamedTime | None:
    """Read the time that a device wrote into a file name; None when there is none.

    Names carry local time (`zone`) unless they end in Z or an offset; ten or thirteen figures are Unix time. Of two
    times in one name (begin and end) the first is taken.
    """
    if _SAVED_NOT_MADE.match(name):
        return None
    if _NAMED_IN_UTC.match(name):
        zone = ZoneInfo("UTC")
    matches = [match for pattern in _PATTERNS for match in pattern.finditer(name)]
    found = [(match.start(), named) for match in matches if (named := _of(match, zone))]
    if found:
        return min(found, key=lambda pair: pair[0])[1]
    for match in _EPOCH.finditer(name):
        seconds = int(match["t"])
        if seconds >= _EARLIEST_EPOCH and (match["ms"] or _stands_alone(name, match)):
            instant = datetime.fromtimestamp(seconds + int(match["ms"] or 0) / 1000, UTC)
            return NamedTime(instant, match[0], has_seconds=True)
    return None


def _stands_alone(name: str, match: re.Match[str]) -> bool:
    """Ten figures are a time only as a whole word: device numbers run to ten figures too."""
    before = name[: match.start()].upper().strip("_- ")
    return before in {"", "VID", "IMG", "REC", "AUD", "VIDEO", "AUDIO"}


def _of(match: re.Match[str], zone: ZoneInfo) -> NamedTime | None:
    parts = match.groupdict()
    try:
        instant = datetime(
            int(parts["Y"]),
            int(parts["m"]),
            int(parts["d"]),
            int(parts["H"]),
            int(parts["M"]),
            int(parts["S"] or 0),
            int((parts.get("f") or "0").ljust(6, "0")),
            tzinfo=_zone(parts.get("z"), zone),
        )
    except ValueError:
        return None
    return NamedTime(instant, match[0], has_seconds=parts["S"] is not None)


def _zone(written: str | None, zone: ZoneInfo) -> tzinfo:
    if not written:
        return zone
    if written == "Z":
        return UTC
    sign = -1 if written[0] == "-" else 1
    return timezone(sign * timedelta(hours=int(written[1:3]), minutes=int(written[-2:])))
