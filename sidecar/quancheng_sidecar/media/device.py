"""The device that made a recording, by the many names that tags give it."""

from quancheng_sidecar.media import avchd, gpmf
from quancheng_sidecar.media.report import Device

_NAMES: dict[str, tuple[str, ...]] = {
    "make": (
        "make", "com.apple.quicktime.make", "com.android.manufacturer", "manufacturer", "device_make", "udta.©mak",
        "udta.manu", "udta.auth", avchd.MAKE, gpmf.MAKE,
    ),
    "model": (
        "model", "com.apple.quicktime.model", "com.android.model", "device_model", "product", "udta.©mod", "udta.modl",
        avchd.MODEL, gpmf.MODEL,
    ),
    "serial": (
        "serial", "serial_number", "serialnumber", "device_serial", "device_serial_number", "camera_serial_number",
        "bodyserialnumber", "device_id", "deviceid", "udta.snum", "udta.came",
    ),
    "software": (
        "software", "com.apple.quicktime.software", "firmware", "firmware_version", "com.android.version", "udta.©swr",
        "udta.firm",
    ),
}  # fmt: skip
_MUXER = ("encoder", "encoded_by", "muxing_app", "writing_app", "software")


def device_of(tags: dict[str, str]) -> Device:
    """Give make, model, serial and software; a muxing library's name is no device's software."""
    low = {key.lower(): value for key, value in tags.items()}
    found = {part: next((low[name] for name in names if low.get(name)), None) for part, names in _NAMES.items()}
    if (found["software"] or "").startswith(("Lavf", "Lavc")):
        found["software"] = None
    return Device(**found)


def muxer_of(tags: dict[str, str]) -> str | None:
    """Give the name of the program that wrote the container, where it says so."""
    low = {key.lower(): value for key, value in tags.items()}
    return next((low[name] for name in _MUXER if low.get(name)), None)
