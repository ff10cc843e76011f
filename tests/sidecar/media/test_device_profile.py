"""A recording is held against its device's own habit: what it always shows is no sign, what it never showed is told."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quancheng_plugin.findings import Finding, Severity
from quancheng_plugin.sentence import Sentence
from quancheng_sidecar.media.device_profile import DeviceProfile, departures, gather, judged
from quancheng_sidecar.media.habits import Habit, Habits
from quancheng_sidecar.media.integrity.checks import Check, summed_up
from quancheng_sidecar.media.report import (
    Clock,
    Device,
    Digest,
    Duration,
    EditListEntry,
    Fingerprint,
    Kind,
    Probe,
    RecordingReport,
    Stream,
)

CAMERA = Device(make="海康", model="DSJ-A7", software="1.2")
NOTHING = Sentence(zh="", en="")
STREAM = Stream(index=0, kind="video", codec="h264", edit_list=(EditListEntry(duration=60, media_time=0),))
OWN = {Habit.GROUP: "25", Habit.REORDERED: "0", Habit.ENCODER: "none", Habit.TRACKS: "video=VideoHandle"}


def finding(code: str, severity: Severity = Severity.MEDIUM, **figures: float | str) -> Finding:
    return Finding(
        code=code, severity=severity, sentence=Sentence(zh="有此迹象。", en="A sign."), figures=dict(figures)
    )


def report(
    *findings: Finding,
    device: Device = CAMERA,
    boxes: str = "ftyp mdat moov",
    habits: dict[Habit, str] = OWN,
    **tags: str,
) -> RecordingReport:
    """An examined recording of the camera, as its own unless said otherwise."""
    told = {"major_brand": "mp42", "compatible_brands": "mp42isom"} | tags
    probe = Probe(
        kind=Kind.VIDEO,
        container="mp4",
        major_brand=told["major_brand"],
        muxer=told.get("encoder"),
        streams=(STREAM,),
        duration=Duration(declared=60, measured=60),
        device=device,
        tags=told,
        creation_times={},
        boxes=tuple(boxes.split()),
    )
    integrity = summed_up(list(findings), [Check.TRUNCATION], [Check.ORIGINAL]).model_copy(update={"habits": habits})
    return RecordingReport(
        file_name="VID_20260301_093005.mp4",
        digest=Digest(sha256="sha256:" + "0" * 64, sm3=None, size=1),
        kind=probe.kind,
        container=probe.container,
        streams=probe.streams,
        duration=probe.duration,
        device=device,
        clock=Clock(start=None, end=None, source=None, reason=NOTHING, witnesses=()),
        fingerprint=Fingerprint(),
        integrity=integrity,
        probe=probe,
    )


def profile(*learnt: RecordingReport, device: Device = CAMERA, number: str = "") -> DeviceProfile:
    from quancheng_sidecar.media.device_habits import habits_of  # noqa: PLC0415

    return gather(device, [number], [habits_of(one) for one in learnt])


REWRITTEN = {"boxes": "ftyp free mdat moov", "major_brand": "isom", "encoder": "Lavf60.3.100"}


def told(judged_report: RecordingReport, code: str = "unlike-device") -> Finding | None:
    return next((one for one in judged_report.integrity.findings if one.code == code), None)


def test_a_recording_like_its_device_bears_nothing_new() -> None:
    """Held against ten of its kind, and the report says that it was."""
    found = judged(report(), [profile(*[report()] * 10)])
    assert found.integrity.findings == ()
    assert Check.DEVICE in found.integrity.examined


def test_a_program_that_wrote_the_file_anew_is_a_sign_with_its_figures() -> None:
    """Lavf where the camera never used it, with another order of boxes and other brands."""
    departing = told(judged(report(**REWRITTEN), [profile(*[report()] * 10)]))
    assert departing is not None
    assert departing.severity is Severity.MEDIUM
    assert departing.figures["device_files"] == 10
    assert departing.figures["departing"] == "brands boxes writer"
    assert departing.figures["unseen_share_at_most"] == pytest.approx(0.259, abs=0.001)


@pytest.mark.parametrize(("files", "severity"), [(5, Severity.LOW), (9, Severity.LOW), (10, Severity.MEDIUM)])
def test_few_files_make_a_departure_slight(files: int, severity: Severity) -> None:
    """What was learnt from few files may have been chance."""
    departing = told(judged(report(**REWRITTEN), [profile(*[report()] * files)]))
    assert departing is not None
    assert departing.severity is severity


def test_too_few_files_accuse_nobody() -> None:
    """Four files: nothing is compared, and the report says so."""
    found = judged(report(**REWRITTEN), [profile(*[report()] * 4)])
    assert told(found) is None
    little = told(found, "device-little-known")
    assert little is not None
    assert little.severity is Severity.INFO
    assert Check.DEVICE not in found.integrity.examined


def test_a_setting_that_differs_is_slight() -> None:
    """Another length of groups is a setting, however many files were learnt."""
    departing = told(judged(report(habits=OWN | {Habit.GROUP: "50"}), [profile(*[report()] * 40)]))
    assert departing is not None
    assert departing.severity is Severity.LOW


def test_a_new_layout_counts_for_more_only_under_a_known_firmware() -> None:
    """An update of the firmware may change the layout; where the firmware is the same it cannot."""
    anew = {"boxes": "ftyp moov mdat", "major_brand": "avc1", "habits": OWN | {Habit.TRACKS: "video=Apple"}}
    unknown = Device(make="海康", model="DSJ-A7")
    same = told(judged(report(**anew), [profile(*[report()] * 10)]))
    other = told(judged(report(**anew, device=unknown), [profile(*[report(device=unknown)] * 10, device=unknown)]))
    assert same is not None
    assert other is not None
    assert (same.severity, other.severity) == (Severity.MEDIUM, Severity.LOW)


def test_a_camera_that_uses_libav_is_not_accused_of_it() -> None:
    """All learnt files carry the sign: it becomes information, and no sign is left."""
    own = report(finding("muxer-library", Severity.LOW), finding("edit-list-hides", hidden_s=0.2), encoder="Lavf58")
    found = judged(own, [profile(*[own] * 3)])
    assert {one.severity for one in found.integrity.findings} == {Severity.INFO}
    assert not found.integrity.signs


def test_a_larger_sign_than_the_device_leaves_stands() -> None:
    """The camera hides 0.2 s behind its edit list; 3 s are not its habit."""
    own, cut = (report(finding("edit-list-hides", hidden_s=hidden)) for hidden in (0.2, 3.0))
    found = judged(cut, [profile(*[own] * 10)])
    assert found.integrity.signs


def test_a_sign_that_only_some_files_show_stands() -> None:
    """Nine of ten is no "always"."""
    own = report(finding("edit-list-hides", hidden_s=0.2))
    assert judged(own, [profile(*[own] * 9, report())]).integrity.signs


@pytest.mark.parametrize("code", ["joint", "clock-jump", "sound-silenced", "edit-list-join", "editing-software"])
def test_signs_that_lie_at_places_are_never_excused(code: str) -> None:
    """Whatever was learnt, each of them is for a person to look at."""
    own = report(finding(code))
    assert judged(own, [profile(*[own] * 20)]).integrity.signs


def test_another_firmware_is_another_device() -> None:
    """A file that states firmware 2.0 is not held against 1.2."""
    updated = Device(make="海康", model="DSJ-A7", software="2.0")
    assert judged(report(**REWRITTEN, device=updated), [profile(*[report()] * 10)]).integrity.findings == ()


def test_a_silent_file_is_found_by_its_devices_number() -> None:
    """A file that names nothing is held against what was learnt under the number it was handed in with."""
    silent = Device()
    learnt = profile(*[report(device=silent)] * 10, device=Device(model="D-07"), number="D-07")
    assert told(judged(report(**REWRITTEN, device=silent), [learnt], "D-07")) is not None
    assert told(judged(report(**REWRITTEN, device=silent), [learnt], "D-08")) is None


@given(st.lists(st.dictionaries(st.sampled_from(Habit), st.sampled_from("abc"), max_size=6), max_size=20))
def test_no_learnt_file_ever_departs_from_its_own_profile(shown: list[dict[Habit, str]]) -> None:
    """Whatever files a profile is made of, it accuses none of them."""
    learnt = [Habits(shown=one) for one in shown]
    made = gather(CAMERA, [], learnt)
    assert [departures(one, made) for one in learnt] == [[]] * len(learnt)
