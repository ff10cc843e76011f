"""The one path from a file to its clock."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta, timezone, tzinfo
from pathlib import Path
from zoneinfo import ZoneInfo

from quancheng_plugin.findings import Finding, Severity
from quancheng_plugin.present import present
from quancheng_plugin.sentence import Sentence
from quancheng_sidecar.core.witnesses import name_of
from quancheng_sidecar.media.clock.belief import Belief, believe, place_of, plausible, supporters
from quancheng_sidecar.media.clock.burnt_in import BurntIn, ClockFit, TimeOfDay, read_burnt_in
from quancheng_sidecar.media.clock.coded_time import coded_witnesses
from quancheng_sidecar.media.clock.container_time import container_witnesses, stamps
from quancheng_sidecar.media.clock.contradictions import contradictions
from quancheng_sidecar.media.clock.coverage import gaps_in
from quancheng_sidecar.media.clock.device import DeviceCheck, DeviceOffset, offset_at, set_between
from quancheng_sidecar.media.clock.doubts import doubts_of
from quancheng_sidecar.media.clock.exif import exif_witnesses
from quancheng_sidecar.media.clock.file_name import time_in_name
from quancheng_sidecar.media.clock.nature import nature_doubts, nature_findings
from quancheng_sidecar.media.clock.order import moments, order_findings, out_of_order
from quancheng_sidecar.media.clock.several import dated_by, differing, distinct, several, unseating
from quancheng_sidecar.media.clock.still import read_still
from quancheng_sidecar.media.report import Clock, ClockSample, Kind, Probe, Witness, WitnessSource

_MINUTE = 60.0
_ONE_PICTURE = Sentence(
    zh="只有一幅画面，无法看出时钟是否走动", en="a single picture: whether the clock runs cannot be seen"
)


def read_clock(  # noqa: PLR0913 — the file, what is known of it, and what is known of its device
    path: Path,
    probe: Probe,
    zone: ZoneInfo,
    *,
    file_name: str,
    device_checks: Sequence[DeviceCheck] = (),
    now: datetime | None = None,
) -> Clock:
    """Gather every witness of when a recording started and say which is believed.

    `file_name` is the name the device gave (the stored file is named by its digest).
    `device_checks` are the checks of the device that made it, against the time code; a corrected time stands beside
    what the device says, never over it.
    Times without a zone are read in `zone`. `now` bounds what is plausible (default: the present).

    What is not checked: whether the device's clock was right. Raises DamagedFile when a video cannot be opened.
    """
    now = now or present()
    duration = probe.duration.measured if probe.duration.measured is not None else probe.duration.declared
    duration = 0.0 if probe.kind is Kind.PHOTO else duration
    clocks, times = _burnt_in(path, probe)
    written = _written(probe, zone, file_name, duration)
    plain = [witness.model_copy(update={"start": witness.start.astimezone(zone)}) for witness in written]
    plain = [witness for witness in plain if plausible(witness, now)]
    alone = [witness for time in times if (witness := dated_by(time, plain, duration))]
    told = _shown(clocks, duration, zone, placed=len(clocks) + len(times) > 1)
    if len(clocks) > 1:
        believed = believe((*told, *alone, *written), doubtful=(), now=now).witness
        told = tuple(sorted(told, key=lambda one: believed is None or place_of(one) != place_of(believed)))
    shown = (*told, *alone)
    witnesses = (*shown, *written)
    burnt = next((clock for clock in clocks if len(clocks) == 1 or clock.place == place_of(told[0])), None)
    doubtful = doubts_of(burnt) if burnt else ()
    gaps = tuple(gaps_in(burnt)) if burnt else ()
    nature = _nature(burnt.best) if burnt else ()
    order = tuple(out_of_order(burnt.best)) if burnt else ()
    if probe.kind is Kind.PHOTO and (still := read_still(path, probe, zone)):
        witnesses, doubtful = (*still, *witnesses), (_ONE_PICTURE,)
    belief = believe(witnesses, doubtful=(*doubtful, *gaps, *nature, *order, *unseating(times)), now=now)
    settled = belief.witness is not None and belief.witness.source is WitnessSource.BURNT_IN
    offset = _offset(belief, device_checks)
    corrected = _corrected(belief.witness, offset) if belief.witness and offset else None
    truer = corrected if offset and offset.tells else None
    agreeing = supporters(truer, written) if truer else ()
    findings = (
        *contradictions(witnesses, belief, doubtful, now, agreeing),
        *_partly_read(gaps),
        *nature_findings(nature, borne_out=settled),
        *order_findings(order, end_known=bool(told) and told[0].end is not None, believed=settled),
        *several(shown, times, plain, belief),
    )
    if offset and corrected and belief.witness:
        reason = _why_corrected(belief, belief.witness, offset, agreeing)
        witnesses = (*witnesses, corrected)
        belief = replace(belief, witness=truer or belief.witness, reason=reason)
    elif belief.witness and (unsure := set_between(device_checks, belief.witness.start, belief.witness.source)):
        why = Sentence(zh=f"{belief.reason.zh}{unsure.zh}", en=f"{belief.reason.en} {unsure.en}")
        belief = replace(belief, reason=why)
    return Clock(
        start=belief.witness.start if belief.witness else None,
        end=belief.witness.end if belief.witness else None,
        source=belief.witness.source if belief.witness else None,
        for_now=belief.for_now,
        reason=belief.reason,
        witnesses=witnesses,
        samples=_samples(burnt.best, zone, trust=0.5 if doubtful else 1.0) if burnt else (),
        findings=findings,
    )


def _burnt_in(path: Path, probe: Probe) -> tuple[tuple[BurntIn, ...], tuple[TimeOfDay, ...]]:
    """Clocks in the picture that differ, and times of day without a date that differ from them."""
    moving = any(stream.kind == "video" for stream in probe.streams)
    clocks, times = read_burnt_in(path, probe) if probe.kind is Kind.VIDEO and moving else ((), ())
    clocks = distinct(clocks)
    return clocks, differing(times, clocks)


def _shown(clocks: Sequence[BurntIn], duration: float | None, zone: ZoneInfo, *, placed: bool) -> tuple[Witness, ...]:
    """A witness for each way to read a burnt-in clock's date, with its place where it is not the only one."""
    found = [(_shown_as(fit, clock, duration, zone), clock.place) for clock in clocks for fit in clock.fits]
    if not placed:
        return tuple(witness for witness, _ in found)
    return tuple(one.model_copy(update={"figures": one.figures | {"place": place}}) for one, place in found)


def _shown_as(fit: ClockFit, burnt: BurntIn, duration: float | None, zone: ZoneInfo) -> Witness:
    first, meaning = fit.accepted[0]
    stated = _zone(fit, zone)
    last_at = duration if duration is not None else fit.accepted[-1][0].at
    start, end = moments(fit, last_at)
    doubts = (*doubts_of(burnt), *gaps_in(burnt), *_nature(fit), *out_of_order(fit))
    zh, en = "；".join(doubt.zh for doubt in doubts), "; ".join(doubt.en for doubt in doubts)
    return Witness(
        source=WitnessSource.BURNT_IN,
        start=start.replace(tzinfo=stated),
        end=None if end is None else end.replace(tzinfo=stated),
        raw=first.text,
        residual_s=round(fit.residual_s, 3),
        note=Sentence(zh=zh, en=en) if doubts else None,
        figures={
            "frames_sampled": len(burnt.samples),
            "frames_read": len(fit.read),
            "frames_accepted": len(fit.accepted),
            "rate": round(fit.rate, 5),
            "pieces": len(fit.pieces),
            "start_known_to_s": round((fit.pieces[0].high - fit.pieces[0].low) / 2, 3),
            "date_order": fit.order,
            "zone_stated": fit.zone is not None,
            "resolution_s": meaning.resolution_s if meaning.resolution_s >= _MINUTE else None,
        },
    )


def _nature(fit: ClockFit) -> tuple[Sentence, ...]:
    return nature_doubts(fit.clock(0.0), fit.accepted[0][0].text)


def _partly_read(gaps: tuple[Sentence, ...]) -> tuple[Finding, ...]:
    """For review whoever bears the start out: no other witness of the start tells what the unread stretch shows."""
    if not gaps:
        return ()
    zh, en = "；".join(gap.zh for gap in gaps), "; ".join(gap.en for gap in gaps)
    sentence = Sentence(
        zh=f"画面时间没有读遍整段录像：{zh}。请人工核对录像首尾的画面。",
        en=f"The clock in the picture was not read throughout: {en}. Please look at both ends of the recording.",
    )
    return (
        Finding(code="clock-partly-read", severity=Severity.LOW, sentence=sentence, figures={"reasons": len(gaps)}),
    )


def _zone(fit: ClockFit, zone: ZoneInfo) -> tzinfo:
    """The zone that the picture states, else the one assumed."""
    return zone if fit.zone is None else timezone(fit.zone)


def _written(probe: Probe, zone: ZoneInfo, file_name: str, duration: float | None) -> tuple[Witness, ...]:
    """Witnesses that are written somewhere: in the container or EXIF, and in the file's name."""
    found: list[Witness] = []
    if probe.kind is Kind.PHOTO:
        found += exif_witnesses(probe.tags, zone)
    else:
        for stamp in stamps(probe, zone):
            found += container_witnesses(stamp, duration, zone)
        found += coded_witnesses(probe.tags, duration, zone)
    named = time_in_name(file_name, zone)
    if named is not None:
        end = None if duration is None else named.instant + timedelta(seconds=duration)
        figures: dict[str, str | int | float | bool | None] = {} if named.has_seconds else {"resolution_s": _MINUTE}
        source = WitnessSource.FILE_NAME
        found.append(Witness(source=source, start=named.instant, end=end, raw=named.raw, figures=figures))
    return tuple(found)


def _samples(fit: ClockFit, zone: ZoneInfo, trust: float) -> tuple[ClockSample, ...]:
    """Readings with the recogniser's score; a doubtful clock's count half, so that no sign is built on them."""
    return tuple(
        ClockSample(
            at=round(sample.at, 3),
            shown=meaning.instant.replace(tzinfo=_zone(fit, zone)),
            confidence=round(trust * sample.score, 3),
        )
        for sample, meaning in fit.accepted
    )


def _offset(belief: Belief, checks: Sequence[DeviceCheck]) -> DeviceOffset | None:
    believed = belief.witness
    return offset_at(checks, believed.start, believed.source) if believed else None


def _corrected(believed: Witness, offset: DeviceOffset) -> Witness:
    """The believed time with the device's error taken out, as a witness of its own beside it."""
    by = timedelta(seconds=offset.offset_s)
    return Witness(
        source=WitnessSource.DEVICE_OFFSET,
        start=believed.start - by,
        end=None if believed.end is None else believed.end - by,
        raw=believed.raw,
        note=offset.basis,
        figures={
            "device_offset_s": offset.offset_s,
            "within_s": offset.within_s,
            "drift_s_per_day": offset.drift_s_per_day,
            "corrects": believed.source.value,
        },
    )


def _why_corrected(belief: Belief, believed: Witness, offset: DeviceOffset, agreeing: Sequence[Witness]) -> Sentence:
    fast_zh, fast_en = ("快", "fast") if offset.offset_s > 0 else ("慢", "slow")
    name, error = name_of(believed.source), f"{abs(offset.offset_s):g}"
    done_zh = f"已在{name.zh}之外另列校正值，原值保留" if offset.tells else "误差不大于其不确定度，不作校正"
    done_en = (
        f"a corrected value stands beside {name.en}, which is kept"
        if offset.tells
        else "that is no more than what is not known, so nothing is corrected"
    )
    if agreeing:
        names = [name_of(witness.source) for witness in agreeing]
        done_zh += f"，校正值与{'、'.join(name.zh for name in names)}相符"
        done_en += f"; it agrees with {' and '.join(name.en for name in names)}"
    return Sentence(
        zh=f"{belief.reason.zh}设备时钟经测定{fast_zh}{error}秒（±{offset.within_s:g}秒，{offset.basis.zh}），{done_zh}。",
        en=f"{belief.reason.en} The device's clock was measured {error} s {fast_en} (± {offset.within_s:g} s,"
        f" {offset.basis.en}): {done_en}.",
    )
