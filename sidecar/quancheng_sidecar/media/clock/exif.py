"""Times of a photo, from its EXIF tags: the device's local time, and GPS time in UTC."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

from quancheng_plugin.sentence import Sentence
from quancheng_sidecar.media.report import Witness, WitnessSource

_FORMAT = "%Y:%m:%d %H:%M:%S"
_TIMES = (
    ("DateTimeOriginal", "OffsetTimeOriginal", "SubsecTimeOriginal"),
    ("DateTimeDigitized", "OffsetTimeDigitized", "SubsecTimeDigitized"),
)
"""EXIF 2.32 § 4.6.5; `DateTime` is left out: programs set it when they change the file."""
_ZONE_ASSUMED = Sentence(
    zh="照片信息没有写明时区，按本单位所用时区理解", en="EXIF states no zone; read in the zone of this installation"
)
_LAST_FIX = Sentence(
    zh="卫星时间（世界时），可能是按下快门前最后一次定位的时间",
    en="satellite time (UTC), possibly of the last fix before the shutter",
)


def exif_witnesses(tags: Mapping[str, str], zone: ZoneInfo) -> tuple[Witness, ...]:
    """Read the camera's time and the satellites' from a photo's EXIF tags (`Probe.tags`), where they are written.

    A photo is an instant: start and end are the same.
    """
    return (*_camera(tags, zone), *_satellite(tags))


def _camera(tags: Mapping[str, str], zone: ZoneInfo) -> Iterator[Witness]:
    for time_tag, offset_tag, fraction_tag in _TIMES:
        raw = tags.get(time_tag, "").strip("\0 ")
        try:
            naive = datetime.strptime(raw, _FORMAT)  # noqa: DTZ007 — its zone is the next tag's
        except ValueError:
            continue
        written = tags.get(offset_tag, "").strip("\0 ")
        offset = _offset(written)
        fraction = tags.get(fraction_tag, "").strip("\0 ")
        micro = int(fraction[:6].ljust(6, "0")) if fraction.isascii() and fraction.isdigit() else 0
        instant = naive.replace(microsecond=micro, tzinfo=offset or zone)
        yield Witness(
            source=WitnessSource.EXIF,
            start=instant,
            end=instant,
            raw=f"{time_tag}={raw}{written}",
            note=None if offset else _ZONE_ASSUMED,
            figures={"zone_stated": offset is not None},
        )
        return


def _offset(written: str) -> tzinfo | None:
    if written.upper() == "Z":
        return UTC
    try:
        return datetime.strptime(written.replace(":", ""), "%z").tzinfo
    except ValueError:
        return None


def _satellite(tags: Mapping[str, str]) -> Iterator[Witness]:
    day, clock = tags.get("GPSDateStamp", "").strip("\0 "), tags.get("GPSTimeStamp", "").strip("\0 ")
    try:
        hours, minutes, seconds = (float(part) for part in clock.replace(":", " ").split())
        midnight = datetime.strptime(day, "%Y:%m:%d").replace(tzinfo=UTC)
        instant = midnight + timedelta(hours=hours, minutes=minutes, seconds=seconds)
    except (ValueError, OverflowError):
        return
    yield Witness(
        source=WitnessSource.GPS,
        start=instant,
        end=instant,
        raw=f"GPSDateStamp={day} GPSTimeStamp={clock}",
        note=_LAST_FIX,
        figures={"zone_stated": True},
    )
