"""The deferred look through a recording 逐帧检查: all that asks for every picture, from one decode.

Hashes to find origins by, the proxy, and stills and black pictures between the key frames that were looked at when the
recording came in. Cheap things are not put off: what is found at intake stands on the signed record card.
"""

from functools import partial
from pathlib import Path

import av
from av.audio.frame import AudioFrame
from av.video.frame import VideoFrame
from pydantic import BaseModel, ConfigDict

from quancheng_plugin.errors import UnsupportedType
from quancheng_plugin.findings import Finding, Severity
from quancheng_plugin.sentence import Sentence
from quancheng_sidecar.media.comparison.traits import take_traits
from quancheng_sidecar.media.integrity.checks import Check
from quancheng_sidecar.media.integrity.clock_stretches import hides, ran, stood
from quancheng_sidecar.media.integrity.course import follow
from quancheng_sidecar.media.integrity.misread import cleaned
from quancheng_sidecar.media.integrity.pictures import Seen
from quancheng_sidecar.media.integrity.stills import picture_findings
from quancheng_sidecar.media.proxy import Proxy
from quancheng_sidecar.media.report import Derivative, Kind, Probe, RecordingReport
from quancheng_sidecar.media.streams import leading, leading_audio, leading_video

_WEIGHT = tuple(Severity)
_LENGTHS = ("frozen_s", "black_s", "length_s")
"""Figures that tell how long a finding lasts: a still, a black picture, a stretch that is shown twice."""
_NO_PROXY = Finding(
    code="derivative-left-out",
    severity=Severity.INFO,
    sentence=Sentence(
        zh="未能生成浏览用小样：画面无法解码或编码。原件未受影响。",
        en="Not made: proxy. Its pictures could not be decoded, or not be coded anew. The original is untouched.",
    ),
    figures={"derivative": "proxy"},
)


class Looked(BaseModel):
    """What one look gave: the proxy (None: there are no pictures, or it could not be made) and what was found.

    `findings` are only those that the examination at intake did not have as plainly.
    """

    model_config = ConfigDict(frozen=True)

    proxy: Derivative | None
    findings: tuple[Finding, ...]


def look_through(path: Path, report: RecordingReport, traits: Path, proxy: Path) -> Looked:
    """Decode a recording once: its traits are written to `traits`, its proxy to `proxy`. `path` is only read.

    `report` is what its examination found. Raises UnsupportedType for photos; DamagedFile, LimitExceeded, StorageFull,
    ToolMissing. Reads untrusted bytes: callers use `look_through_bounded`.
    """
    probed = report.probe
    if probed.kind is Kind.PHOTO:
        raise UnsupportedType(
            zh="照片不能逐帧检查：请选择录像或录音。",
            en="Photos are not looked through: choose a video or a sound recording.",
        )
    watching = _Watching(report)
    writer = _writer(probed, proxy, report.digest.sha256)
    taken = take_traits(path, probed, beside=[one for one in (watching, writer) if one is not None])
    traits.write_bytes(taken.to_bytes())
    made = writer.finish() if writer is not None else None
    left_out = (_NO_PROXY,) if writer is not None and made is None else ()
    return Looked(proxy=made, findings=(*watching.findings(), *left_out))


def _writer(probed: Probe, path: Path, master: str) -> Proxy | None:
    video, audio = leading_video(probed.streams), leading_audio(probed.streams)
    if video is None or not video.width:
        return None
    return Proxy(path, video, audio, master=master, zero=_zero(probed))


def _zero(probed: Probe) -> float:
    lead = leading(probed.streams)
    return (lead.first_pts if lead else None) or 0.0


class _Watching:
    """Looks at every picture for stills and black, where the examination at intake saw key frames alone."""

    def __init__(self, report: RecordingReport) -> None:
        integrity = report.integrity
        self._needed = Check.ALL_FRAMES not in integrity.examined or Check.REST in integrity.not_examined
        self._report, self._zero = report, _zero(report.probe)
        self._seen = Seen(every=True, keeps=False)

    def see(self, frame: VideoFrame) -> None:
        """Note a decoded picture; one that cannot be converted is left out."""
        if not self._needed or frame.time is None:
            return
        try:
            self._seen.look(frame, frame.time - self._zero)
        except (av.FFmpegError, ValueError):
            return

    def hear(self, frame: AudioFrame) -> None:
        """Nothing: sound was listened to as a whole at intake."""

    def findings(self) -> tuple[Finding, ...]:
        """What was seen that the examination does not tell as plainly."""
        course = cleaned(follow(self._report.clock.samples))
        early = self._report.integrity.findings
        told = picture_findings(self._seen, stands=stood(course), runs=ran(course), hides=partial(hides, course))
        found = map(_cautious, told)
        return tuple(one for one in found if not any(says_as_much(other, one) for other in early))


def _cautious(finding: Finding) -> Finding:
    """Weigh a still lightly unless the burnt-in clock stands as well.

    Hours have many moments in which a quiet scene at a low bit rate looks held; no long footage was at hand to prove
    that it never does.
    """
    if finding.code != "picture-frozen" or finding.figures.get("clock_stands"):
        return finding
    return finding.model_copy(update={"severity": Severity.LOW})


def says_as_much(early: Finding, late: Finding) -> bool:
    """Whether an earlier finding tells of the same sign at the same time, and weighs no less."""
    if early.code != late.code or _WEIGHT.index(early.severity) < _WEIGHT.index(late.severity):
        return False
    (begin, end), (first, last) = _stretch(early), _stretch(late)
    return first < end and begin < last


def _stretch(finding: Finding) -> tuple[float, float]:
    begin = finding.at or 0.0
    lasts = max(float(finding.figures.get(name) or 0.0) for name in _LENGTHS)
    return begin, begin + lasts
