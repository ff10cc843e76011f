"""Chains of segments: recordings of one device that follow each other, and places where one may be missing.

Body-worn cameras cut a long recording into segments. Two things tell that one is missing between two others: a counter
in the names that skips a number, or a segment that ran to the device's own length and is not followed on. Neither is a
sign of editing, and what lies before the first or after the last segment of a chain nothing tells.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from itertools import groupby, pairwise
from statistics import median

from quancheng_sidecar.core.agreement.counters import Counter, counters, is_time_of_day, numbers_in, shape_of, written
from quancheng_sidecar.core.agreement.segments import Chain, Joint, Member, Segment
from quancheng_sidecar.core.interval import Interval

JOINT_S = 2.0
"""Segments that are cut from one recording follow each other within this many seconds."""
SLOW_JOINT_S = 10.0
"""A device that needs longer to open the next file needs as long each time; pauses beyond this are stops."""
OVERLAP_S = 60.0
"""Neighbours share their pre-record at most; recordings that run together for longer come from two cameras."""
REACH = timedelta(days=1)
"""Recordings farther apart are of two outings: what a counter skips in between says nothing of either."""
MOST_SKIPPED = 20
"""A counter that skips more numbers at once tells of other work, or is none."""
MOST_ROLLED = 3
"""Numbers that may be missing about 9999 → 0001; where more are, the counter was rather reset."""
_LEAST_FOLLOWED = 2
_SAME_LENGTH_S, _SAME_LENGTH_SHARE = 2.0, 0.01


def chains(segments: Iterable[Segment]) -> tuple[Chain, ...]:
    """The chains among recordings of any devices and cases.

    Where the device is unknown, only what one case holds is laid beside each other, and only by counters that were
    seen to count by one. Of names and times that contradict each other (a counter that falls while time goes on,
    recordings that run at once) nothing is said: they come from two cameras, or from a clock that was set.
    """
    found = list[Chain]()
    groups = _by_device(segments)
    unnamed = [each for (device, _), group in groups.items() if not device for each in group]
    for (device, _), group in groups.items():
        numbered = counters([each.span.name for each in group], one_device=bool(device))
        if device:
            found += _counted(group, numbered, _bearers([*group, *_likely(unnamed, group)]))
            found += _uncounted([each for each in group if each.span.name not in numbered])
        else:
            counted = _counted(group, numbered, _bearers(group))
            found += [chain for chain in counted if any(_by_one(joint) for joint in chain.joints)]
    return tuple(found)


def _likely(unnamed: Sequence[Segment], group: Sequence[Segment]) -> list[Segment]:
    """Recordings of no known device that may be of this group's: of the same case, or named alike."""
    cases = {each.case for each in group if each.case}
    shapes = {shape_of(each.span.name) for each in group}
    return [each for each in unnamed if each.case in cases or shape_of(each.span.name) in shapes]


def _bearers(segments: Iterable[Segment]) -> Mapping[str, list[Segment]]:
    """The recordings that may bear a number, by the number as names write it."""
    borne = defaultdict[str, list[Segment]](list)
    for each in segments:
        for number in numbers_in(each.span.name):
            borne[number].append(each)
    return borne


def _by_one(joint: Joint) -> bool:
    return int(joint.after.number) - int(joint.before.number) == 1


def _by_device(segments: Iterable[Segment]) -> Mapping[tuple[str, str], list[Segment]]:
    groups = defaultdict[tuple[str, str], list[Segment]](list)
    for each in segments:
        device = each.device.strip().casefold()
        groups[device, "" if device else each.case].append(each)
    return groups


def _counted(
    group: Sequence[Segment], numbered: Mapping[str, Counter], borne: Mapping[str, Sequence[Segment]]
) -> Iterator[Chain]:
    """Chains by the counters in the names."""
    series = defaultdict[str, list[Segment]](list)
    for each in group:
        if each.span.name in numbered and each.span.examined and not each.span.is_photo:
            series[numbered[each.span.name].series].append(each)
    for alike in series.values():
        told = numbered[alike[0].span.name]
        for run in (*_timed_runs(alike, numbered), *_untimed_runs(alike, numbered)):
            for counting in _by_small_steps(run, told.width):
                joints = [_skipping(pair, told.width, borne) for pair in pairwise(counting)]
                yield _chain(told.pattern, counting, joints)


def _timed_runs(alike: Sequence[Segment], numbered: Mapping[str, Counter]) -> Iterator[list[Member]]:
    """Stretches of one outing in which time and counter go up together."""
    for outing in _outings(_members(alike, {name: counter.written for name, counter in numbered.items()})):
        if not _at_once(outing):
            yield from _rising(outing, numbered[alike[0].span.name].width)


def _untimed_runs(alike: Sequence[Segment], numbered: Mapping[str, Counter]) -> Iterator[list[Member]]:
    """Pairs of neighbours by number within one case, where the time of one is unknown or not sure."""
    filed = sorted((each for each in alike if each.case), key=lambda s: s.case)
    for _, held in groupby(filed, key=lambda s: s.case):
        own = {each.original or each.span.recording_id: each for each in held}.values()
        members = [Member(number=numbered[each.span.name].written, segments=(each,)) for each in own]
        members.sort(key=lambda m: m.number)
        times = [member.ran for member in members if member.ran]
        if len({m.number for m in members}) < len(members) or times != sorted(times):
            continue
        for before, after in pairwise(members):
            if not (before.ran and after.ran):
                yield [before, after]


def _members(segments: Sequence[Segment], numbers: Mapping[str, str]) -> list[Member]:
    """Segments whose time is sure, in order of time; copies, by bytes or by number and time, are one member."""
    members = list[list[Segment]]()
    places = dict[str, int]()
    latest = dict[str, int]()
    for ran, each in sorted(((s.ran, s) for s in segments if s.ran), key=lambda pair: pair[0]):
        number = numbers.get(each.span.name, "")
        place = places.get(each.original) if each.original else None
        if place is None and number and (last := latest.get(number)) is not None:
            other = Member(number=number, segments=tuple(members[last])).ran
            place = last if other and other.intersection(ran) else None
        if place is None:
            place = len(members)
            members.append([])
            latest[number] = place
        places[each.original] = place
        members[place].append(each)
    return [Member(number=numbers.get(m[0].span.name, ""), segments=tuple(m)) for m in members]


def _outings(members: Sequence[Member]) -> Iterator[list[Member]]:
    outing = list[Member]()
    for member in members:
        if outing and _pause(outing[-1], member) > REACH.total_seconds():
            yield outing
            outing = []
        outing.append(member)
    if outing:
        yield outing


def _at_once(outing: Sequence[Member]) -> bool:
    return any(_pause(before, after) < -OVERLAP_S for before, after in pairwise(outing))


def _pause(before: Member, after: Member) -> float:
    """Seconds from the end of the one to the start of the next, both of known time."""
    first, second = before.ran, after.ran
    assert first is not None  # noqa: S101  members are laid in order by their times
    assert second is not None  # noqa: S101  as above
    return (second.start - first.end).total_seconds()


def _rising(outing: Sequence[Member], width: int) -> list[list[Member]]:
    """Parted where the counter was reset, which begins below all it had counted; none where it falls otherwise."""
    runs = [[outing[0]]]
    for member in outing[1:]:
        run = runs[-1]
        if member.number > run[-1].number or _rolls(run[-1], member, width):
            run.append(member)
        elif member.number <= min(each.number for each in run):
            runs.append([member])
        else:
            return []
    return runs


def _by_small_steps(run: Sequence[Member], width: int) -> Iterator[list[Member]]:
    """Parted where more numbers are skipped than one looks for, or where the figures are no counter."""
    parts = [[run[0]]]
    for before, after in pairwise(run):
        far = len(_between(before, after, width)) > MOST_SKIPPED
        if far or (_begins_at_its_number(before) and _begins_at_its_number(after)):
            parts.append([])
        parts[-1].append(after)
    return (part for part in parts if len(part) > 1)


def _begins_at_its_number(member: Member) -> bool:
    span = member.segments[0].span
    return is_time_of_day(span.name, member.number, span.start)


def _rolls(before: Member, after: Member, width: int) -> bool:
    return before.number > after.number and len(_between(before, after, width)) <= MOST_ROLLED


def _between(before: Member, after: Member, width: int) -> range | list[int]:
    """The numbers that a counter goes through from the one to the next; behind 9999 comes 0001."""
    first, second = int(before.number), int(after.number)
    if first < second:
        return range(first + 1, second)
    return [*range(first + 1, 10**width), *range(1, second)]


def _skipping(pair: tuple[Member, Member], width: int, borne: Mapping[str, Sequence[Segment]]) -> Joint:
    """The joint between neighbours that count, with the numbers that nobody bears."""
    before, after = pair
    joint = Joint(before=before, after=after, pause_s=_pause(before, after) if before.ran and after.ran else None)
    numbers = [written(number, width) for number in _between(before, after, width)]
    left = tuple(number for number in numbers if not any(_may_lie(each, joint) for each in borne.get(number, ())))
    return joint.model_copy(update={"skipped": left})


def _may_lie(segment: Segment, joint: Joint) -> bool:
    """Whether a recording that bears a skipped number may be the one from between; photos take numbers too."""
    if segment in (*joint.before.segments, *joint.after.segments):
        return False
    start, between = segment.span.start, joint.between
    if between is None or start is None:
        return True
    if ran := segment.ran:
        return ran.distance(between).total_seconds() <= OVERLAP_S
    return between.widened(REACH).distance(Interval(start, start)) == timedelta(0)


def _chain(pattern: str, run: Sequence[Member], joints: Sequence[Joint]) -> Chain:
    """The chain of a run that counts: a skipped number is a hole unless the next goes on at the usual pause."""
    at_once = [j.pause_s for j in joints if j.pause_s is not None and not j.skipped and j.pause_s <= SLOW_JOINT_S]
    usual = max([JOINT_S, *at_once])
    return _with_habit(
        pattern,
        run,
        [
            joint.model_copy(update={"follows": follows, "hole": bool(joint.skipped) and not follows})
            for joint in joints
            for follows in [joint.pause_s is not None and joint.pause_s <= usual]
        ],
    )


def _with_habit(pattern: str, run: Sequence[Member], joints: Sequence[Joint]) -> Chain:
    followed = [joint for joint in joints if joint.follows]
    lengths = [joint.before.ran.seconds for joint in followed if joint.before.ran]
    usual = median(lengths) if lengths else None
    steady = usual is not None and len(lengths) >= _LEAST_FOLLOWED and all(_same(each, usual) for each in lengths)
    return Chain(
        device=run[0].segments[0].device,
        pattern=pattern,
        members=tuple(run),
        joints=tuple(
            joint.model_copy(update={"full": bool(steady and usual and ran and _same(ran.seconds, usual))})
            for joint in joints
            for ran in [joint.before.ran]
        ),
        followed=len(followed),
        longest_joint_s=max((max(0.0, joint.pause_s or 0.0) for joint in followed), default=None),
        segment_s=usual,
    )


def _same(length_s: float, usual_s: float) -> bool:
    return abs(length_s - usual_s) <= max(_SAME_LENGTH_S, _SAME_LENGTH_SHARE * usual_s)


def _uncounted(group: Sequence[Segment]) -> Iterator[Chain]:
    """Chains by time alone: a segment that ran its full length is cut by the device, which then goes on at once."""
    shapes = defaultdict[str, list[Segment]](list)
    for each in group:
        shapes[shape_of(each.span.name)].append(each)
    for alike in shapes.values():
        for outing in _outings(_members(alike, {})):
            if not _at_once(outing):
                yield from _by_length(outing)


def _by_length(outing: Sequence[Member]) -> Iterator[Chain]:
    joints = [
        Joint(before=before, after=after, pause_s=pause, follows=pause <= JOINT_S)
        for before, after in pairwise(outing)
        for pause in [_pause(before, after)]
    ]
    whole = _with_habit("", outing, joints)
    broken = [joint for joint in whole.joints if joint.full and (joint.pause_s or 0.0) > SLOW_JOINT_S]
    # Cameras that stop by themselves after a set time leave full lengths and long pauses as a rule.
    holes = broken if len(broken) < whole.followed else []
    judged = [joint.model_copy(update={"hole": joint in holes}) for joint in whole.joints]
    for joined, part in groupby(judged, key=lambda joint: joint.follows or joint.hole):
        # Where the one before was stopped, nothing says that the next goes on with it.
        if joined:
            own = tuple(part)
            yield whole.model_copy(update={"joints": own, "members": (own[0].before, *(j.after for j in own))})
