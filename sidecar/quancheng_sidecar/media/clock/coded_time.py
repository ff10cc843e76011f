"""The time that a camera writes beside each coded picture (`media.avchd`), as a witness of the start."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from quancheng_plugin.sentence import Sentence
from quancheng_sidecar.media.avchd import RECORDED
from quancheng_sidecar.media.report import Witness, WitnessSource

_ASSUMED = Sentence(zh="按本单位所用时区理解", en="read in the zone of this installation")
_STATED = Sentence(zh="按设备标明的时区理解", en="read in the zone that the device states")


def coded_witnesses(tags: Mapping[str, str], duration_s: float | None, zone: ZoneInfo) -> Iterator[Witness]:
    """Read the first picture's time from a recording's tags (`Probe.tags`).

    Where the zone that the device states is not that of this installation, both readings are given: cameras are often
    set to local time, and to no zone.
    """
    raw = tags.get(RECORDED)
    if raw is None:
        return
    stated = datetime.fromisoformat(raw)
    local = stated.replace(tzinfo=zone)
    yield _witness(raw, local, duration_s, _ASSUMED)
    if stated.tzinfo is not None and stated != local:
        yield _witness(raw, stated, duration_s, _STATED)


def _witness(raw: str, start: datetime, duration_s: float | None, note: Sentence) -> Witness:
    end = None if duration_s is None else start + timedelta(seconds=duration_s)
    return Witness(source=WitnessSource.CODED, start=start, end=end, raw=f"{RECORDED}={raw}", note=note)
