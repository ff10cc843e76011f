"""Profiles of devices are learnt from real files, kept once, shown, edited, and every change is in the custody log."""

import subprocess
from pathlib import Path

import pytest

from quancheng_sidecar.collect.devices import DeviceNameTooLong, DeviceUnnamed, check_device
from quancheng_sidecar.collect.profiles import (
    DeviceContradicted,
    LearntElsewhere,
    NothingToLearn,
    ProfileUnknown,
    ReasonMissing,
    find_profile,
    forget,
    judged_by_device,
    keep,
    learn,
    profiles,
)
from quancheng_sidecar.core.event import EventType
from quancheng_sidecar.media.habits import Habit
from quancheng_sidecar.media.inspect import inspect
from quancheng_sidecar.media.report import Device, RecordingReport
from quancheng_sidecar.preserve.models import CustodyEvent
from quancheng_sidecar.settings import Settings
from quancheng_sidecar.wiring import Parts

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("device_profiles")]

NOBODY = Device()


@pytest.fixture(scope="module")
def films(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Six recordings of one camera that leaves no traces of a library."""
    folder = tmp_path_factory.mktemp("films")
    made = [folder / f"DSJ{number:04}.mp4" for number in range(6)]
    for seed, path in enumerate(made):
        picture = f"life=size=160x120:rate=10:seed={seed}:mold=10:ratio=0.2"
        words = [
            "-f",
            "lavfi",
            "-i",
            picture,
            "-t",
            "3",
            "-c:v",
            "mpeg4",
            "-g",
            "5",
            "-sc_threshold",
            "1000000000",
            "-fflags",
            "+bitexact",
        ]
        words += ["-flags:v", "+bitexact", "-brand", "mp42"]
        subprocess.run(["ffmpeg", "-nostdin", "-v", "error", *words, path], check=True)
    return made


@pytest.fixture(scope="module")
def reports(films: list[Path]) -> list[RecordingReport]:
    """The films, examined."""
    return [examined(film) for film in films]


def examined(path: Path) -> RecordingReport:
    return inspect(path, Settings(_env_file=None).zone, None, path.name)


def keep_all(reports: list[RecordingReport]) -> None:
    for report in reports:
        keep(report, named=NOBODY, number="D-07", by="李四")


def test_a_profile_is_kept_once_shown_and_edited_with_every_change_logged(
    own_parts: Parts, films: list[Path], reports: list[RecordingReport]
) -> None:
    """Learning a file again changes nothing; a habit, a file and all can be taken out."""
    learn(own_parts, films[0], named=NOBODY, number="D-07", by="李四")
    keep_all([*reports[:3], reports[0]])
    found = find_profile("D-07")
    assert (found.files, found.shown[Habit.GROUP]) == (3, {"5": 3})
    assert CustodyEvent.objects.filter(type=EventType.METADATA_EXTRACTION).count() == 3
    forget(found, file="", habit=Habit.NAME, by="李四", why="文件名由人改")
    assert Habit.NAME not in find_profile("D-07").shown
    forget(found, file=films[1].name, habit=None, by="李四", why="不是原件")
    assert find_profile("D-07").files == 2
    assert CustodyEvent.objects.filter(type=EventType.METADATA_MODIFICATION).count() == 4
    with pytest.raises(ProfileUnknown):
        forget(found, file="没有.mp4", habit=None, by="李四", why="不是原件")
    with pytest.raises(ReasonMissing):
        forget(found, file="", habit=None, by="李四", why=" ")


@pytest.mark.usefixtures("own_parts")
def test_a_rewritten_copy_is_told_from_its_cameras_own_files(
    films: list[Path], reports: list[RecordingReport], tmp_path: Path
) -> None:
    """Stream-copied by a program: layout and tags are not the camera's; its next own file is like it."""
    keep_all(reports[1:])
    assert not judged_by_device(reports[0], "D-07").integrity.signs
    copy = tmp_path / "DSJ0000.mp4"
    subprocess.run(["ffmpeg", "-v", "error", "-i", films[0], "-c", "copy", "-movflags", "faststart", copy], check=True)
    rewritten = examined(copy)
    found = judged_by_device(rewritten, "D-07")
    departing = next(one for one in found.integrity.findings if one.code == "unlike-device")
    assert {"boxes", "brands", "writer"} <= set(str(departing.figures["departing"]).split())
    assert judged_by_device(rewritten, "D-08") == rewritten


@pytest.mark.usefixtures("own_parts")
def test_a_file_learnt_without_its_devices_number_does_not_take_one_in_silence(reports: list[RecordingReport]) -> None:
    """Who names another number than was kept is told which that is."""
    keep(reports[0], named=Device(model="A7"), number="", by="李四")
    with pytest.raises(LearntElsewhere, match="未写设备编号"):
        keep(reports[0], named=Device(model="A7"), number="D-07", by="李四")


@pytest.mark.usefixtures("own_parts")
@pytest.mark.parametrize(("number", "model"), [("7" * 65, "A7"), ("D-07", "七" * 129)])
def test_what_is_too_long_for_a_device_is_refused(reports: list[RecordingReport], number: str, model: str) -> None:
    """A number or a name that no column holds is no fault of the database's."""
    with pytest.raises(DeviceNameTooLong):
        keep(reports[0], named=Device(model=model), number=number, by="李四")
    assert profiles() == []


def test_a_check_is_refused_in_the_same_way(own_parts: Parts, films: list[Path]) -> None:
    """Before the recording is looked at, and nothing of it is kept."""
    with pytest.raises(DeviceNameTooLong):
        check_device(own_parts, films[0], device="7" * 65, by="李四")


@pytest.mark.usefixtures("own_parts")
def test_what_is_not_sure_to_be_of_the_device_is_not_learnt(
    films: list[Path], reports: list[RecordingReport], tmp_path: Path
) -> None:
    """No name, another device's name, a file that is another's sample, and one without a picture are refused."""
    with pytest.raises(DeviceUnnamed):
        keep(reports[0], named=NOBODY, number="", by="李四")
    keep(reports[0], named=Device(model="A7"), number="", by="李四")
    with pytest.raises(LearntElsewhere):
        keep(reports[0], named=Device(model="A8"), number="", by="李四")
    phone, sound = tmp_path / "phone.mov", tmp_path / "sound.wav"
    tags = ("-movflags", "use_metadata_tags", "-metadata", "make=Apple", "-metadata", "model=iPhone 15")
    subprocess.run(["ffmpeg", "-v", "error", "-i", films[0], "-c", "copy", *tags, phone], check=True)
    subprocess.run(["ffmpeg", "-v", "error", "-f", "lavfi", "-i", "anoisesrc=d=2", sound], check=True)
    with pytest.raises(DeviceContradicted):
        keep(examined(phone), named=Device(model="A7"), number="", by="李四")
    with pytest.raises(NothingToLearn):
        keep(examined(sound), named=Device(model="A7"), number="", by="李四")
    assert [one.name for one in profiles()] == ["A7"]
