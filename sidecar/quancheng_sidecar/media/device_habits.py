"""The habits of a device by one examined recording of it."""

import re
from collections.abc import Iterator
from pathlib import Path

from quancheng_plugin.findings import Finding
from quancheng_sidecar.media.habits import Habit, Habits
from quancheng_sidecar.media.report import Clock, RecordingReport, Stream, WitnessSource

EXCUSABLE: dict[str, str | None] = {
    "muxer-library": None,
    "software-encoder": None,
    "sound-software-encoder": None,
    "modified-later": "later_s",
    "edit-list-hides": "hidden_s",
    "stream-length-mismatch": "delta_s",
    "duration-mismatch": "delta_s",
    "timestamps-step-back": None,
    "sound-silent": None,
}
"""Findings that a device may leave in every file it writes, with the figure that tells how large the sign is.

Joints, clock jumps, silenced stretches and edit lists of several parts are not among them: a device that leaves those
leaves them at places, and each place is for a person to look at.
"""
_NOTHING = "none"
_TELLS_APART_S = 40.0
"""In a shorter recording a time written at the start and one written at the stop lie too near each other."""
_NEAR_S = 10.0
"""Devices write the time a few seconds before they start or after they stop."""
_INDEPENDENT = (WitnessSource.BURNT_IN, WitnessSource.FILE_NAME)
_OF_THE_CONTAINER = {
    WitnessSource.CONTAINER_START,
    WitnessSource.CONTAINER_STOP,
    WitnessSource.CONTAINER_LOCAL_AS_UTC,
    WitnessSource.CONTAINER_LOCAL_AS_UTC_STOP,
}


def habits_of(report: RecordingReport) -> Habits:
    """What an examined recording shows of its device; what it is too short or too plain to show is left out."""
    probe = report.probe
    shown: dict[Habit, str | None] = {
        **report.integrity.habits,
        Habit.CONTAINER: probe.container,
        Habit.BRANDS: _brands(probe.major_brand, probe.tags.get("compatible_brands")),
        Habit.BOXES: " ".join(dict.fromkeys(probe.boxes)) or None,
        Habit.WRITER: probe.muxer or _NOTHING,
        Habit.CODECS: "+".join(dict.fromkeys(one.codec for one in report.streams if one.kind in {"video", "audio"})),
        Habit.EDIT_LIST: "; ".join(_edits(one) for one in report.streams if one.kind in {"video", "audio"}),
        Habit.CLOCK: _clock(report.clock, report.duration.measured or 0.0),
        Habit.NAME: _pattern(Path(report.file_name)),
    }
    signs = {name: size for finding in report.integrity.findings for name, size in _sign(finding)}
    return Habits(shown={habit: value for habit, value in shown.items() if value}, signs=signs)


def sign_name(finding: Finding) -> str:
    """The code of a finding, and the edge of the recording where it tells one."""
    edge = finding.figures.get("edge")
    return f"{finding.code}:{edge}" if edge else finding.code


def sign_size(finding: Finding) -> float:
    """How large the sign is: its figure by EXCUSABLE, else 0."""
    size = finding.figures.get(EXCUSABLE.get(finding.code) or "")
    return abs(float(size)) if isinstance(size, int | float) else 0.0


def _sign(finding: Finding) -> Iterator[tuple[str, float]]:
    if finding.code in EXCUSABLE:
        yield sign_name(finding), sign_size(finding)


def _brands(major: str | None, compatible: str | None) -> str | None:
    return f"{major}: {compatible or ''}".strip() if major else None


def _pattern(name: Path) -> str:
    """A file name with `#` for each figure."""
    return re.sub(r"\d", "#", name.stem) + name.suffix.lower()


def _edits(stream: Stream) -> str:
    """The parts of a track's edit list: `empty` waits, `later` begins behind the first picture or sound, `whole`."""
    parts = ("empty" if edit.media_time < 0 else "later" if edit.media_time else "whole" for edit in stream.edit_list)
    return f"{stream.kind}={'+'.join(parts) or _NOTHING}"


def _clock(clock: Clock, length_s: float) -> str | None:
    """What the container's creation time means, where the picture's clock or the name tells the start beside it."""
    start = next((w.start for source in _INDEPENDENT for w in clock.witnesses if w.source is source), None)
    written = [witness for witness in clock.witnesses if witness.source in _OF_THE_CONTAINER]
    if start is None or length_s < _TELLS_APART_S:
        return None
    if not written:
        return _NOTHING
    fitting = {w.source for w in written if abs((w.start - start).total_seconds()) <= _NEAR_S}
    if len(fitting) > 1:
        return None
    return next(iter(fitting), "other")
