"""Segments of a device's recordings, and the chains that they make."""

from pydantic import BaseModel, ConfigDict

from quancheng_sidecar.core.agreement.suppositions import piece_of
from quancheng_sidecar.core.agreement.values import RecordedSpan
from quancheng_sidecar.core.interval import Interval


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True)


class Segment(_Value):
    """A recording as a chain sees it; `device` and `case` are empty where unknown, `original` is its digest.

    `span.start` carries the device's zone, for figures in a name that are a time of day. Of a span that is not
    `examined` only the name speaks, and where it is known the start.
    """

    span: RecordedSpan
    device: str = ""
    case: str = ""
    original: str = ""

    @property
    def ran(self) -> Interval | None:
        """When it surely ran; None for photos, where no witness tells, or where one contradicts the believed one."""
        span = self.span
        piece = None if span.is_photo or span.contradicted or not span.examined else piece_of(span)
        return piece.interval if piece else None


class Member(_Value):
    """One segment of a chain, with its copies; `number` as the names write it, empty where they carry none."""

    number: str
    segments: tuple[Segment, ...]

    @property
    def ran(self) -> Interval | None:
        """When it ran: all copies together."""
        ran = [interval for segment in self.segments if (interval := segment.ran)]
        return Interval(min(r.start for r in ran), max(r.end for r in ran)) if ran else None

    @property
    def cases(self) -> frozenset[str]:
        """The cases that hold it; an empty name among them: it was filed under none."""
        return frozenset(segment.case for segment in self.segments)

    @property
    def case(self) -> str:
        """The case that holds it, the first by number of several; empty where it was filed under none."""
        return next((case for case in sorted(self.cases) if case), "")


class Joint(_Value):
    """What lies between two neighbours of a chain.

    `skipped` are the numbers that the counter leaps over and nothing in the archive bears, as names write them.
    `pause_s` are seconds from the end of the one to the start of the next, negative where they overlap, None where a
    time is unknown. `follows` is true when the next goes on within the device's usual pause: then nothing is missing,
    whatever its number. `full` is true when the first ran as long as the device's segments do. `hole` is true when a
    segment may be missing here.
    """

    before: Member
    after: Member
    skipped: tuple[str, ...] = ()
    pause_s: float | None = None
    follows: bool = False
    full: bool = False
    hole: bool = False

    @property
    def between(self) -> Interval | None:
        """The time between both; None where unknown or none."""
        before, after = self.before.ran, self.after.ran
        return Interval(before.end, after.start) if before and after and before.end < after.start else None


class Chain(_Value):
    """Recordings of one device that follow each other, in order, within a day of each other.

    `pattern` is how the names count, empty where they do not. `followed` counts the joints where the next goes on at
    once, `longest_joint_s` is the longest pause among those and `segment_s` the usual length of what they follow, in
    seconds; None without any.
    """

    device: str
    pattern: str
    members: tuple[Member, ...]
    joints: tuple[Joint, ...]
    followed: int
    longest_joint_s: float | None
    segment_s: float | None
