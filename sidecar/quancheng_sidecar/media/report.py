"""Value objects of one examined recording; these are also the JSON of `quancheng recording inspect`."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from quancheng_plugin.findings import Finding
from quancheng_plugin.sentence import Sentence
from quancheng_sidecar.media.habits import Habit


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True)


class Kind(StrEnum):
    """Kinds of audio-visual record 音像记录 (Art. 3)."""

    VIDEO = "video"
    AUDIO = "audio"
    PHOTO = "photo"


class Digest(_Value):
    """Digests of all bytes of the file, each with its algorithm; `sm3` is None when switched off."""

    sha256: Annotated[str, Field(pattern=r"^sha256:[0-9a-f]{64}$")]
    sm3: Annotated[str, Field(pattern=r"^sm3:[0-9a-f]{64}$")] | None
    size: int


class EditListEntry(_Value):
    """One entry of an MP4 edit list (ISO/IEC 14496-12 § 8.6.6), in seconds; `media_time` −1 is an empty edit."""

    duration: float
    media_time: float
    rate: float = 1.0


class Stream(_Value):
    """One stream; `declared` is the duration its header states, `measured` the sum from its packets, in seconds."""

    index: int
    kind: Literal["video", "audio", "data", "subtitle", "attachment", "image"]
    codec: str
    width: int | None = None
    height: int | None = None
    rotation: int = 0
    """Degrees clockwise that the picture must be turned to stand upright."""
    pixel_aspect: float = 1.0
    """Width over height of one pixel, before turning (D1 recorders write others than 1)."""
    frame_rate: float | None = None
    variable_frame_rate: bool = False
    sample_rate: int | None = None
    channels: int | None = None
    packets: int = 0
    key_frames: int = 0
    bytes: int = 0
    declared: float | None = None
    measured: float | None = None
    first_pts: float | None = None
    edit_list: tuple[EditListEntry, ...] = ()
    encoder: str | None = None


class Device(_Value):
    """What the file itself says of the device that made it."""

    make: str | None = None
    model: str | None = None
    serial: str | None = None
    software: str | None = None


class Duration(_Value):
    """Seconds: as the container declares, and as summed from packets of the leading stream."""

    declared: float | None
    measured: float | None


class Probe(_Value):
    """What the container tells, before any picture is decoded."""

    kind: Kind
    container: str
    """Short name: mp4, mov, avi, matroska, mpegts, 3gp, wav, mp3, aac, amr, ogg, jpeg, png, heic, …"""
    major_brand: str | None = None
    muxer: str | None = None
    streams: tuple[Stream, ...]
    duration: Duration
    device: Device
    tags: dict[str, str]
    """Tags of the container (`make`, `location`, …); of photos the EXIF tags by their standard names
    (`DateTimeOriginal`, `OffsetTimeOriginal`, `GPSDateStamp`, `GPSTimeStamp`, …)."""
    creation_times: dict[str, str]
    """Raw creation times by where they stand, unchanged. `format` and `stream N` are the container's and a stream's tag
    as FFmpeg gives it; `mvhd`, `tkhd N`, `mdhd N` (N: index of the track) and `mvhd.modification` … are read from the
    boxes of an ISO file and written as ISO 8601 with `Z`, although devices may have meant local time; `avi.IDIT` and
    `bext` are texts of RIFF files; `exif.DateTimeOriginal` … are EXIF texts without zone (offset in `tags`)."""
    boxes: tuple[str, ...] = ()
    """Top-level boxes of an ISO file in their order."""
    truncated: bool = False
    readable_s: float | None = None
    """Seconds that can still be read from a truncated file."""
    findings: tuple[Finding, ...] = ()


class WitnessSource(StrEnum):
    """Where a start time comes from."""

    BURNT_IN = "burnt-in-clock"
    CONTAINER_START = "container-written-at-start"
    CONTAINER_STOP = "container-written-at-stop"
    CONTAINER_LOCAL_AS_UTC = "container-local-labelled-utc"
    CONTAINER_LOCAL_AS_UTC_STOP = "container-local-labelled-utc-at-stop"
    FILE_NAME = "file-name"
    EXIF = "exif"
    CODED = "coded-pictures"
    GPS = "gps"
    DEVICE_OFFSET = "device-offset"


class Witness(_Value):
    """One statement of when the recording started, as an instant; nothing is overwritten by another.

    `residual_s` is the fit's largest residual where one was fitted; `raw` is what stood there.
    `figures` hold the fit (samples read, rate, …).
    """

    source: WitnessSource
    start: AwareDatetime
    end: AwareDatetime | None
    raw: str
    residual_s: float | None = None
    note: Sentence | None = None
    figures: dict[str, str | int | float | bool | None] = {}


class ClockSample(_Value):
    """One reading of the burnt-in clock: `at` media seconds, `shown` the instant on the picture."""

    at: float
    shown: AwareDatetime
    confidence: float


class Clock(_Value):
    """When the recording was made: the witness believed, why, and all the others.

    `for_now` 暂采: it is believed for want of a better one, and nothing confirms it.
    """

    start: AwareDatetime | None
    end: AwareDatetime | None
    source: WitnessSource | None
    for_now: bool = False
    reason: Sentence
    witnesses: tuple[Witness, ...]
    samples: tuple[ClockSample, ...] = ()
    findings: tuple[Finding, ...] = ()


class PictureHash(_Value):
    """PDQ of one key frame: `at` seconds from the leading stream's first frame, 256 bits as hex, quality 0..100."""

    at: float
    pdq: str
    quality: int


class Fingerprint(_Value):
    """What the recording looks and sounds like, for later comparison.

    `sound` is raw chromaprint (unsigned 32-bit integers), one every `sound_step_s` seconds from `sound_start_s`,
    counted from the same zero as the pictures.
    """

    pictures: tuple[PictureHash, ...] = ()
    sound: tuple[int, ...] = ()
    sound_start_s: float = 0.0
    sound_step_s: float | None = None


class SignatureVerdict(StrEnum):
    """Verdicts of ONVIF Media Signing on a recording that carries its signatures."""

    OK = "ok"
    OK_WITH_MISSING = "ok-with-missing-info"
    NOT_OK = "not-ok"
    NOT_FEASIBLE = "not-feasible"


class MediaSignature(_Value):
    """What a video's ONVIF media signature vouches for, in hashed units (slices of pictures).

    `valid` agree with the signature, `pending` are the last ones, not signed yet, `not_valid` nothing vouches for,
    between the media seconds `not_valid_at`. `missing` were signed and are gone, `added` were never signed where they
    stand, `moved` were signed for another place. `gaps` are breaks in the sequence of signatures, `broken` signatures
    that are wrong or cannot be read. `uncovered` pictures are of kinds that the rules leave unsigned.
    `certificate` is the signer's name by itself; `chain_holds`: the certificates sent issue one another. Not checked:
    whether they are the maker's.
    """

    verdict: SignatureVerdict
    units: int = 0
    valid: int = 0
    not_valid: int = 0
    missing: int = 0
    pending: int = 0
    added: int = 0
    moved: int = 0
    gaps: int = 0
    broken: int = 0
    uncovered: int = 0
    not_valid_at: tuple[tuple[float, float], ...] = ()
    maker: str | None = None
    serial: str | None = None
    firmware: str | None = None
    signed_from: AwareDatetime | None = None
    signed_until: AwareDatetime | None = None
    certificate: str | None = None
    certificate_sha256: str | None = None
    certificates_differ: bool = False
    chain_holds: bool = False


class Integrity(_Value):
    """Signs of editing or damage; `signs` is true when any finding is of severity medium or high."""

    signs: bool
    summary: Sentence
    examined: tuple[str, ...]
    not_examined: tuple[str, ...]
    findings: tuple[Finding, ...]
    signature: MediaSignature | None = None
    habits: dict[Habit, str] = {}
    """What the packets of its picture show of its device's habits; `media.device_habits` adds what the rest tells."""


class RecordingReport(_Value):
    """Everything found out about one recording."""

    file_name: str
    digest: Digest
    kind: Kind
    container: str
    streams: tuple[Stream, ...]
    duration: Duration
    device: Device
    clock: Clock
    fingerprint: Fingerprint
    integrity: Integrity
    probe: Probe


class Derivative(_Value):
    """A picture, sheet or proxy made from a master 原件; it is never the record itself.

    `master` is the digest of the file it was made from (`sha256:…`), which also stands in the derivative's own
    metadata as `derivative-of sha256:…`. `command` is how it was made: the program and its arguments.
    """

    kind: Literal["poster", "contact-sheet", "waveform", "proxy"]
    path: Path
    media_type: str
    master: Annotated[str, Field(pattern=r"^sha256:[0-9a-f]{64}$")]
    width: int | None = None
    height: int | None = None
    command: tuple[str, ...]
