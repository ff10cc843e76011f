"""Times of a photo: EXIF in the device's local time, GPS in UTC."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from PIL import ExifTags, Image, UnidentifiedImageError

from quancheng_plugin.sentence import Sentence
from quancheng_sidecar.media.report import Witness, WitnessSource

_EXIF_FORMAT = "%Y:%m:%d %H:%M:%S"
_TIMES = (
    (ExifTags.Base.DateTimeOriginal, ExifTags.Base.OffsetTimeOriginal, ExifTags.Base.SubsecTimeOriginal),
    (ExifTags.Base.DateTimeDigitized, ExifTags.Base.OffsetTimeDigitized, ExifTags.Base.SubsecTimeDigitized),
)
_ZONE_ASSUMED = Sentence(
    zh="EXIF 没有写明时区，按本单位所用时区理解", en="EXIF states no zone; read in the zone of this installation"
)
_GPS_NOTE = Sentence(
    zh="卫星时间（世界时），可能是按下快门前最后一次定位的时间",
    en="satellite time (UTC), possibly of the last fix before the shutter",
)


def exif_witnesses(path: Path, zone: ZoneInfo) -> tuple[Witness, ...]:
    """Read the times in a photo's EXIF: original or digitised time, and GPS time; none when it has no EXIF.

    A photo is an instant: start and end are the same.
    """
    try:
        import pi_heif  # noqa: PLC0415 — teaches Pillow HEIC; only photos need it

        pi_heif.register_heif_opener()
        with Image.open(path) as image:
            exif = image.getexif()
            inner = dict(exif.get_ifd(ExifTags.IFD.Exif))
            gps = dict(exif.get_ifd(ExifTags.IFD.GPSInfo))
    except (OSError, UnidentifiedImageError, ValueError, SyntaxError, KeyError, TypeError):
        # Damaged EXIF leaves the photo without this witness; the container's damage is the probe's to report.
        return ()
    return (*_camera(inner, zone), *_satellite(gps))


def _camera(exif: dict[int, Any], zone: ZoneInfo) -> Iterator[Witness]:
    for time_tag, offset_tag, fraction_tag in _TIMES:
        raw = str(exif.get(time_tag, "")).strip("\0 ")
        try:
            naive = datetime.strptime(raw, _EXIF_FORMAT)  # noqa: DTZ007 — its zone is the next tag's
        except ValueError:
            continue
        written = str(exif.get(offset_tag, "")).strip("\0 ")
        offset = _offset(written)
        fraction = str(exif.get(fraction_tag, "")).strip("\0 ")
        micro = int(fraction[:6].ljust(6, "0")) if fraction.isdigit() else 0
        instant = naive.replace(microsecond=micro, tzinfo=offset or zone)
        yield Witness(
            source=WitnessSource.EXIF,
            start=instant,
            end=instant,
            raw=f"{time_tag.name}={raw}{written}",
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


def _satellite(gps: dict[int, Any]) -> Iterator[Witness]:
    day = str(gps.get(ExifTags.GPS.GPSDateStamp, "")).strip("\0 ")
    clock = gps.get(ExifTags.GPS.GPSTimeStamp)
    try:
        hours, minutes, seconds = (float(part) for part in clock or ())
        midnight = datetime.strptime(day, "%Y:%m:%d").replace(tzinfo=UTC)
        instant = midnight + timedelta(hours=hours, minutes=minutes, seconds=seconds)
    except (ValueError, TypeError, ZeroDivisionError, OverflowError):
        return
    raw = f"GPSDateStamp={day} GPSTimeStamp={hours:g}:{minutes:g}:{seconds:g}"
    yield Witness(
        source=WitnessSource.GPS, start=instant, end=instant, raw=raw, note=_GPS_NOTE, figures={"zone_stated": True}
    )
