"""What a recording says of itself: its container's tags and streams, as rows for people."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from quancheng_plugin.host.paperless import Row

# Clocks that were never set start in 1904, 1970, 2000 or thereabouts: no time is read from them.
_FIRST_CREDIBLE = datetime(2005, 1, 1, tzinfo=UTC)
_TAGS = {
    "title": "标题",
    "make": "设备厂商",
    "com.apple.quicktime.make": "设备厂商",
    "model": "设备型号",
    "com.apple.quicktime.model": "设备型号",
    "artist": "作者",
    "comment": "备注",
    "location": "位置",
    "com.apple.quicktime.location.iso6709": "位置",
    "encoder": "写入程序",
}
_LONGEST = 200


@dataclass(frozen=True)
class MediaFacts:
    """Rows to show, length (s) or None, whether there is a picture that moves, and the time in the container."""

    rows: tuple[Row, ...]
    duration_s: float | None
    has_video: bool
    has_audio: bool
    created: datetime | None
    """What the device wrote as the time of making; a witness, not a fact: its clock may be wrong (media, Art. 5)."""


def facts_of(probed: bytes, *, now: datetime, utc_offset_hours: float) -> MediaFacts:
    """Facts from ffprobe's JSON. `created` is None where the tag is missing, unreadable, before 2005 or to come."""
    told: dict[str, Any] = json.loads(probed or b"{}")
    form, streams = told.get("format", {}), told.get("streams", [])
    tags = _tags(form, streams)
    at = _moment(tags.get("creation_time", ""))
    created = at if at and _FIRST_CREDIBLE <= at <= now + timedelta(days=1) else None
    zone = timezone(timedelta(hours=utc_offset_hours))
    video = [each for each in streams if each.get("codec_type") == "video" and not _is_cover(each)]
    return MediaFacts(
        rows=tuple(_rows(form, video, streams, tags, created.astimezone(zone) if created else None)),
        duration_s=_number(form.get("duration")),
        has_video=bool(video),
        has_audio=any(each.get("codec_type") == "audio" for each in streams),
        created=created.astimezone(zone) if created else None,
    )


def _rows(
    form: Mapping[str, Any],
    video: list[dict[str, Any]],
    streams: list[dict[str, Any]],
    tags: Mapping[str, str],
    at: datetime | None,
) -> Iterator[Row]:
    duration = _number(form.get("duration"))
    yield "时长", _clock(duration) if duration is not None else "未知"
    if form.get("format_long_name"):
        yield "格式", str(form["format_long_name"])
    for each in video:
        yield "图像", f"{each.get('codec_name', '未知')} {each.get('width', 0)}×{each.get('height', 0)}"
    for each in streams:
        if each.get("codec_type") == "audio":
            yield "声音", f"{each.get('codec_name', '未知')} {each.get('sample_rate', '未知')} Hz"
    if at is not None:
        yield "设备所记时间", f"{at:%Y-%m-%d %H:%M:%S %z}（未经核实）"
    elif "creation_time" in tags:
        # Without separators: Paperless looks for dates in the text and would take it for the document's.
        yield "设备所记时间", f"不可信（原值 {_digits(tags['creation_time'])}）"
    for name, label in _TAGS.items():
        if tags.get(name):
            yield label, tags[name][:_LONGEST]


def _tags(form: Mapping[str, Any], streams: list[dict[str, Any]]) -> dict[str, str]:
    """Tags of the container, then of the streams; names in small letters, the first of a name counts."""
    found: dict[str, str] = {}
    for holder in (form, *streams):
        for name, value in holder.get("tags", {}).items():
            found.setdefault(str(name).lower(), str(value))
    return found


def _moment(written: str) -> datetime | None:
    try:
        at = datetime.fromisoformat(written)
    except ValueError:
        return None
    return at if at.tzinfo else None


def _is_cover(stream: Mapping[str, Any]) -> bool:
    return bool(stream.get("disposition", {}).get("attached_pic"))


def _number(written: object) -> float | None:
    try:
        return float(str(written))
    except ValueError:
        return None


def _clock(seconds: float) -> str:
    whole = round(seconds)
    return f"{whole // 3600}:{whole // 60 % 60:02}:{whole % 60:02}"


def _digits(written: str) -> str:
    return "".join(sign for sign in written if sign.isalnum())[:30]
