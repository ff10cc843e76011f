"""The one path from a recording to its signs of editing or damage."""

from functools import partial
from pathlib import Path

from quancheng_plugin.findings import Finding
from quancheng_sidecar.media.habits import Habit
from quancheng_sidecar.media.index import ISO
from quancheng_sidecar.media.integrity import coding
from quancheng_sidecar.media.integrity.checks import Check, summed_up
from quancheng_sidecar.media.integrity.clock_stretches import hides, ran, stood
from quancheng_sidecar.media.integrity.clockwork import Beside, clock_findings
from quancheng_sidecar.media.integrity.coded_clock import coded_clock_findings
from quancheng_sidecar.media.integrity.course import DOUBTFUL_CONFIDENCE, follow
from quancheng_sidecar.media.integrity.doubtful import doubtful_jumps
from quancheng_sidecar.media.integrity.edits import edit_findings
from quancheng_sidecar.media.integrity.gaps import gap_findings
from quancheng_sidecar.media.integrity.habits import packet_habits, track_names
from quancheng_sidecar.media.integrity.joints import NEAR_S, Seam, is_joint, seam_findings, seams
from quancheng_sidecar.media.integrity.lengths import length_findings
from quancheng_sidecar.media.integrity.misread import cleaned
from quancheng_sidecar.media.integrity.packets import Packets
from quancheng_sidecar.media.integrity.photos import photo_findings
from quancheng_sidecar.media.integrity.pictures import Seen
from quancheng_sidecar.media.integrity.provenance import is_by_program, provenance_findings
from quancheng_sidecar.media.integrity.repeats import repeat_findings
from quancheng_sidecar.media.integrity.silence import silence_findings
from quancheng_sidecar.media.integrity.stills import picture_findings
from quancheng_sidecar.media.integrity.survey import Survey
from quancheng_sidecar.media.integrity.unlisted import unlisted_findings
from quancheng_sidecar.media.report import Clock, Integrity, Kind, MediaSignature, Probe, SignatureVerdict
from quancheng_sidecar.media.streams import leading_audio, leading_video


def examine(path: Path, probe: Probe, clock: Clock, found: Survey) -> Integrity:
    """Examine a recording for signs of editing, damage and loss (Art. 4: 声像信息不得剪接、删改).

    `found` is its survey.

    What cannot be examined is listed as such and never counts as clean. A careful cut at group boundaries
    leaves nothing in the packets: then only the clock, the sound or the archive's own copy can tell.
    `path` is only read. Raises MemoryError when the process's bound is reached; nothing else for damaged files.
    """
    if probe.kind is Kind.PHOTO:
        return _photo(path, probe)
    return _Examination(path, probe, clock, found).run()


def _photo(path: Path, probe: Probe) -> Integrity:
    findings = [*probe.findings, *photo_findings(path, probe.container), *provenance_findings(probe, {})]
    return summed_up(findings, [Check.TRUNCATION, Check.PHOTO, Check.PROVENANCE], [Check.ORIGINAL])


class _Examination:
    """One recording under examination: findings and checks gather in order."""

    def __init__(self, path: Path, probe: Probe, clock: Clock, found: Survey) -> None:
        self.path, self.probe, self.found = path, probe, found
        self.clock, self.course = clock, cleaned(follow(clock.samples))
        self.video, self.audio = leading_video(probe.streams), leading_audio(probe.streams)
        self.findings: list[Finding] = list(probe.findings)
        self.made: list[Check] = [Check.TRUNCATION]
        self.not_made: list[Check] = []

    def run(self) -> Integrity:
        """Make all checks; those on packets first, since they bear others out."""
        self._add(Check.LENGTHS, length_findings(self.probe))
        found = self.found
        joints, origin = self._seams(found.packets), provenance_findings(self.probe, found.packets)
        seen, by_program = found.seen, is_by_program(origin)
        self._clock(Beside(joints, by_program, seen.goes_on) if seen else Beside(joints, by_program))
        self._add(Check.PROVENANCE, origin)
        if found.heard is not None:
            self._add(Check.SILENCE, silence_findings(found.heard), made=found.heard.heard_s > 0)
        if found.seen is not None:
            self._pictures(found.seen)
        if not found.whole:
            self.not_made.append(Check.REST)
        signature = self._signature(found)
        self.not_made.append(Check.ORIGINAL)
        told = {"habits": self._habits(found), "signature": signature}
        return summed_up(self.findings, self.made, self.not_made).model_copy(update=told)

    def _signature(self, found: Survey) -> MediaSignature | None:
        seen = found.packets.get(self.video.index) if self.video else None
        if self.video is None or seen is None or not seen.coding or coding.ONVIF_SIGNATURE not in seen.coding.uuids:
            return None
        from quancheng_sidecar.media.integrity.signature import (  # noqa: PLC0415  seldom asked for, and slow to load
            signature_finding,
            verify_signature,
        )

        signed = verify_signature(self.path, self.probe.container, self.video)
        made = signed.verdict is not SignatureVerdict.NOT_FEASIBLE
        self._add(Check.SIGNATURE, (signature_finding(signed),), made=made)
        return signed

    def _habits(self, found: Survey) -> dict[Habit, str]:
        if self.video is None:
            return {}
        tags = found.tags.get(self.video.index, {})
        picture, sound = (found.packets.get(one.index) if one else None for one in (self.video, self.audio))
        return packet_habits(self.video, picture, tags, sound) | track_names(self.probe, found.tags)

    def _add(self, check: Check, findings: tuple[Finding, ...], *, made: bool = True) -> None:
        (self.made if made else self.not_made).append(check)
        self.findings += findings

    def _seams(self, packets: dict[int, Packets]) -> list[Seam]:
        picture, sound = (packets.get(stream.index) if stream else None for stream in (self.video, self.audio))
        seen = self.found.seen
        found = seams(picture, sound, breaks_off=seen.breaks_off) if seen else seams(picture, sound)
        signs = (*seam_findings(found, ran(self.course)), *gap_findings(picture, sound, self.audio))
        self._add(Check.SEAMS, (*signs, *repeat_findings(picture)), made=bool(packets))
        if any(stream.edit_list for stream in self.probe.streams):
            self._add(Check.EDIT_LIST, edit_findings(self.probe, packets))
        if self.video is not None and self.probe.container in ISO:
            unlisted = unlisted_findings(self.path, self.video)
            self._add(Check.UNLISTED, unlisted or (), made=unlisted is not None)
        return [seam for seam in found if is_joint(seam)]

    def _clock(self, beside: Beside) -> None:
        if self.video is None:
            return
        readable = bool(self.course.running or self.course.standing)
        self._add(Check.CLOCK, clock_findings(self.course, beside), made=readable)
        packets = self.found.packets.get(self.video.index)
        if packets is not None:
            self.findings += coded_clock_findings(packets, self.video.first_pts or 0.0)
        if not readable:
            self.findings += doubtful_jumps(follow(self.clock.samples, least=DOUBTFUL_CONFIDENCE))

    def _is_told(self, one: Finding) -> bool:
        """Whether a repeated stretch is told already by its packets, which prove more."""
        if one.code != "pictures-repeated" or one.at is None:
            return False
        told = [(other.at or 0.0, other.figures["length_s"]) for other in self.findings if other.code == one.code]
        return any(at - NEAR_S <= one.at <= at + float(length or 0) for at, length in told)

    def _pictures(self, seen: Seen) -> None:
        # Key frames that only begin what is whole later tell nothing when they are decoded alone.
        check, most = (Check.ALL_FRAMES, 0) if seen.every else (Check.KEY_FRAMES, seen.fed // 2)
        course = self.course
        found = picture_findings(seen, stands=stood(course), runs=ran(course), hides=partial(hides, course))
        self._add(check, tuple(one for one in found if not self._is_told(one)), made=len(seen.at) > most)
        if not seen.every:
            self.not_made.append(Check.BETWEEN_KEYS)
