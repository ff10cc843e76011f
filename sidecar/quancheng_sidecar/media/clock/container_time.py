"""Creation times in containers, under each habit that devices are known to have."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from quancheng_plugin.sentence import Sentence
from quancheng_sidecar.media.report import Probe, Witness, WitnessSource

_MAC_EPOCH = datetime(1904, 1, 1, tzinfo=UTC)
"""QuickTime and MP4 count seconds from here, without a zone (ISO/IEC 14496-12 § 8.2.2)."""
_LARGEST_COUNT = 2**34
_ZONED_KEYS = ("com.apple.quicktime.creationdate",)
_LOCAL_KEYS = ("icrd", "date_recorded", "date-eng", "date", "idit", "dtim")
_CTIME = "%a %b %d %H:%M:%S %Y"
_ISO = re.compile(r"(\d{4})[-/:](\d\d)[-/:](\d\d)[T ](\d\d):(\d\d):(\d\d)(?:\.(\d{1,6})\d*)?\s*(Z|[+-]\d\d:?\d\d)?")

_HABITS: dict[WitnessSource, Sentence] = {
    WitnessSource.CONTAINER_START: Sentence(
        zh="按设备在开始录制时写入创建时间理解", en="if the device wrote the creation time when it began to record"
    ),
    WitnessSource.CONTAINER_STOP: Sentence(
        zh="按设备在停止录制时写入创建时间理解", en="if the device wrote the creation time when it stopped recording"
    ),
    WitnessSource.CONTAINER_LOCAL_AS_UTC: Sentence(
        zh="按设备把当地时间标作世界时并在开始时写入理解", en="if the device labelled local time as UTC, at its start"
    ),
    WitnessSource.CONTAINER_LOCAL_AS_UTC_STOP: Sentence(
        zh="按设备把当地时间标作世界时并在停止时写入理解", en="if the device labelled local time as UTC, at its stop"
    ),
}


@dataclass(frozen=True)
class Stamp:
    """One creation time of a container: where it stands, as written, and as an instant.

    `labelled_utc` when the container itself labels it UTC, `zoned` when it states an offset of its own.
    """

    place: str
    raw: str
    instant: datetime
    labelled_utc: bool
    zoned: bool

    def same_as(self, other: "Stamp") -> bool:
        """Whether both say the same: to the second, and with the same claim about their zone."""
        near = abs((self.instant - other.instant).total_seconds()) < 1
        return near and (self.labelled_utc, self.zoned) == (other.labelled_utc, other.zoned)


def stamps(probe: Probe, zone: ZoneInfo) -> tuple[Stamp, ...]:
    """Read the creation times of a container, each instant once; one that states its zone comes first.

    Modification times are left out: programs that merely change a tag set them.
    """
    lowered = {key.lower(): value for key, value in probe.tags.items()}
    written = [(key, lowered[key]) for key in (*_ZONED_KEYS, *_LOCAL_KEYS) if key in lowered]
    written += [(place, raw) for place, raw in probe.creation_times.items() if "modif" not in place.lower()]
    found: list[Stamp] = []
    for place, raw in written:
        stamp = parse_stamp(place, raw, zone)
        if stamp is not None and not any(stamp.same_as(other) for other in found):
            found.append(stamp)
    return tuple(sorted(found, key=lambda stamp: not stamp.zoned))


def parse_stamp(place: str, raw: str, zone: ZoneInfo) -> Stamp | None:
    """Read one creation time: ISO 8601 with or without zone, ctime, or seconds since 1904; None when it is none."""
    text = raw.strip()
    if text.isascii() and text.isdigit():
        # A bare zero is "not written", not the year 1904.
        if not 0 < int(text) < _LARGEST_COUNT:
            return None
        counted = _MAC_EPOCH + timedelta(seconds=int(text))
        return Stamp(place, raw, counted, labelled_utc=True, zoned=False)
    try:
        if match := _ISO.search(text):
            return _iso(place, raw, match, zone)
        return Stamp(place, raw, datetime.strptime(text, _CTIME).replace(tzinfo=zone), labelled_utc=False, zoned=False)
    except ValueError:
        return None


def _iso(place: str, raw: str, match: re.Match[str], zone: ZoneInfo) -> Stamp:
    *parts, fraction, written = match.groups()
    year, month, day, hour, minute, second = (int(part) for part in parts)
    instant = datetime(year, month, day, hour, minute, second, int((fraction or "0").ljust(6, "0")), tzinfo=zone)
    if written is None:
        return Stamp(place, raw, instant, labelled_utc=False, zoned=False)
    if written == "Z":
        return Stamp(place, raw, instant.replace(tzinfo=UTC), labelled_utc=True, zoned=False)
    offset = datetime.strptime(written.replace(":", ""), "%z").tzinfo
    return Stamp(place, raw, instant.replace(tzinfo=offset), labelled_utc=False, zoned=True)


def container_witnesses(stamp: Stamp, duration_s: float | None, zone: ZoneInfo) -> Iterator[Witness]:
    """Give a witness for each habit under which the stamp may have been written.

    A stamp that states its own offset (QuickTime's creationdate) is written at the start, in that zone.
    """
    length = timedelta(seconds=duration_s or 0)
    yield _witness(WitnessSource.CONTAINER_START, stamp, stamp.instant, duration_s)
    if stamp.zoned:
        return
    if duration_s is not None:
        yield _witness(WitnessSource.CONTAINER_STOP, stamp, stamp.instant - length, duration_s)
    if stamp.labelled_utc:
        local = stamp.instant.astimezone(UTC).replace(tzinfo=zone)
        yield _witness(WitnessSource.CONTAINER_LOCAL_AS_UTC, stamp, local, duration_s)
        if duration_s is not None:
            yield _witness(WitnessSource.CONTAINER_LOCAL_AS_UTC_STOP, stamp, local - length, duration_s)


def _witness(source: WitnessSource, stamp: Stamp, start: datetime, duration_s: float | None) -> Witness:
    return Witness(
        source=source,
        start=start,
        end=None if duration_s is None else start + timedelta(seconds=duration_s),
        raw=f"{stamp.place}={stamp.raw}",
        note=_HABITS[source],
        figures={"zone_stated": stamp.zoned},
    )
