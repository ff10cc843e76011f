"""What AVCHD cameras write beside their coded pictures: when each was taken, and by what camera.

Modified digital video pack metadata: user data of H.264 (Annex D, unregistered) under a UUID of its own, then "MDPM",
the number of packs, and packs of a tag (1 byte) and four bytes. The makers publish no format; tags are those that
ExifTool knows (`Image::ExifTool::H264`, exiftool.org).
"""

from datetime import datetime, timedelta, timezone
from uuid import UUID

from quancheng_sidecar.media.nal_units import unescaped
from quancheng_sidecar.media.tag_text import decode

RECORDED, MAKE, MODEL = "avchd.recorded", "avchd.make", "avchd.model"
"""Names under which the probe lists what was found."""

PACKS = UUID("17ee8c60-f84d-11d9-8cd6-0800200c9a66")
"""User data of this kind holds the packs."""

_BEGIN = PACKS.bytes + b"MDPM"
_PACK = 5
_MOST_BYTES = 3 * (1 + 255 * _PACK) // 2
"""Of all packs there can be, with a byte between every two of them that keeps them from looking like a start code."""
_DATE, _TIME, _MAKER, _NAME = 0x18, 0x19, 0xE0, (0xE4, 0xE5, 0xE6)
_MAKERS = {0x0103: "Panasonic", 0x0108: "Sony", 0x1011: "Canon", 0x1104: "JVC"}
_UNSET, _SUMMER, _WEST, _HALF = 0x80, 0x40, 0x20, 0x01
_MOST_HOURS = 14
_YEARS = range(2000, 2100)
"""The format is of 2006; far years are none that one can reckon with in every zone."""


def camera_tags(data: bytes) -> dict[str, str]:
    """Read the first packs in a coded picture: RECORDED as ISO 8601, with an offset where one is stated, MAKE, MODEL.

    What is lacking or makes no sense is left out.
    """
    at = data.find(_BEGIN)
    if at < 0:
        return {}
    begin = at + len(_BEGIN)
    held = unescaped(data[begin : begin + _MOST_BYTES])
    count = held[0] if held else 0
    each = (held[at : at + _PACK] for at in range(1, 1 + count * _PACK, _PACK))
    packs = {pack[0]: pack[1:] for pack in each if len(pack) == _PACK}
    maker = _MAKERS.get(int.from_bytes(packs.get(_MAKER, b"")[:2]), "")
    # Other makers keep other things in these packs.
    model = b"".join(packs.get(tag, b"") for tag in _NAME) if maker == "Sony" else b""
    told = {RECORDED: _recorded(packs), MAKE: maker, MODEL: decode(model)}
    return {name: value for name, value in told.items() if value}


def _recorded(packs: dict[int, bytes]) -> str:
    """Binary coded decimals: the zone, the year in two bytes, the month; day, hour, minute, second."""
    packed = packs.get(_DATE, b"") + packs.get(_TIME, b"")
    try:
        century, year, month, day, hour, minute, second = (int(f"{byte:x}") for byte in packed[1:])
        taken = datetime(100 * century + year, month, day, hour, minute, second, tzinfo=_zone(packed[0]))
    except ValueError:  # hexadecimal letters, no such day, or packs that are not there
        return ""
    return taken.isoformat() if taken.year in _YEARS else ""


def _zone(byte: int) -> timezone | None:
    """None where it is unset, or where summer time is marked and whether the offset holds it is not known."""
    hours = (byte >> 1 & 15) + (byte & _HALF) / 2
    if byte & (_UNSET | _SUMMER) or hours > _MOST_HOURS:
        return None
    return timezone(timedelta(hours=-hours if byte & _WEST else hours))
