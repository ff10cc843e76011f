"""The parser by which Paperless takes in recordings, here without Paperless: real files, real ffmpeg."""

import json
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib.metadata import entry_points
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from quancheng_plugin.host.document_parser import DocumentParser
from quancheng_plugin.host.media_facts import facts_of
from quancheng_plugin.host.media_parser import MediaParser
from tests.plugin.host.clips import make_clip, make_sound
from tests.plugin.host.parser_protocol import ParserProtocol

_NOW = datetime(2026, 11, 24, tzinfo=UTC)
pytestmark = pytest.mark.skipif(shutil.which("ffmpeg") is None, reason="ffmpeg is not installed")


@pytest.fixture
def parser() -> Iterator[MediaParser]:
    """A parser that is open."""
    with MediaParser() as opened:
        yield opened


def _colours(picture: Path) -> int:
    with Image.open(picture) as opened:
        assert opened.format == "WEBP"
        return len(opened.convert("RGB").quantize(64).getcolors() or ())


def test_it_has_the_shape_of_the_protocol(parser: MediaParser) -> None:
    """All members are there, and Paperless finds it by its entry point once it is installed anew."""
    assert isinstance(parser, ParserProtocol)
    named = {each.value for each in entry_points(group="paperless_ngx.parsers")}
    assert "quancheng_plugin.host.document_parser:DocumentParser" in named


def test_it_takes_nothing_from_the_document_parser() -> None:
    """No type has two parsers of ours."""
    assert not set(MediaParser.supported_mime_types()) & set(DocumentParser.supported_mime_types())
    assert MediaParser.score("video/mp4", "片段.mp4") == 100
    assert MediaParser.score("application/pdf", "笔录.pdf") is None


def test_a_video_gets_a_picture_and_its_tags(parser: MediaParser, tmp_path: Path) -> None:
    """Text and metadata say what the file says of itself, and that nobody has checked it."""
    clip = tmp_path / "登临 检查.mp4"
    make_clip(clip)
    parser.parse(clip, "video/mp4")
    text = parser.get_text()
    assert text.startswith("文件名：登临 检查.mp4\n时长：0:00:02\n")
    assert "设备所记时间：2026-03-01 09:30:00 +0800（未经核实）" in text
    assert "标题：登临检查" in text
    created = parser.get_date()
    assert created is not None
    assert created.isoformat() == "2026-03-01T09:30:00+08:00"
    assert (parser.get_archive_path(), parser.get_page_count(clip, "video/mp4")) == (None, None)
    assert _colours(parser.get_thumbnail(clip, "video/mp4")) > 8
    rows = {row["key"]: row["value"] for row in parser.extract_metadata(clip, "video/mp4")}
    assert rows["图像"] == "h264 320×180"


@pytest.mark.parametrize("name", ["询问.wav", "询问.m4a", "询问.mp3", "询问.ogg"])
def test_a_sound_is_drawn(parser: MediaParser, tmp_path: Path, name: str) -> None:
    """Its loudness over time, on white."""
    sound = tmp_path / name
    make_sound(sound)
    parser.parse(sound, "audio/x")
    with Image.open(parser.get_thumbnail(sound, "audio/x")) as drawn:
        assert drawn.convert("RGB").getpixel((0, 0)) == (255, 255, 255)
        assert drawn.size == (500, 281)
    assert "声音：" in parser.get_text()
    assert parser.get_date() is None


def test_a_broken_recording_is_taken_in_with_a_note(parser: MediaParser, tmp_path: Path) -> None:
    """Nothing of it is made up, and its temporary place is nobody's business."""
    clip = tmp_path / "断.mp4"
    make_clip(clip)
    clip.write_bytes(clip.read_bytes()[:4000])
    parser.parse(clip, "video/mp4")
    assert "未能读出文件信息，请人工核对" in parser.get_text()
    assert str(tmp_path) not in parser.get_text()
    assert parser.get_date() is None
    assert _colours(parser.get_thumbnail(clip, "video/mp4")) <= 8
    assert [row["key"] for row in parser.extract_metadata(clip, "video/mp4")] == ["提示"]


def test_without_ffmpeg_there_is_a_sign_and_a_note(
    parser: MediaParser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The recording is taken in all the same, and the operator is told what to install."""
    clip = tmp_path / "片段.mp4"
    make_clip(clip)
    monkeypatch.setenv("PATH", str(tmp_path))
    parser.parse(clip, "video/mp4")
    assert "缺少程序 ffprobe：请管理员安装后重试。（QC-TOOL-MISSING）" in parser.get_text()
    assert _colours(parser.get_thumbnail(clip, "video/mp4")) <= 8


def test_a_playlist_opens_nothing_else(parser: MediaParser, tmp_path: Path) -> None:
    """A file that only names others, on this machine or another, is not followed."""
    secret = tmp_path / "别处.mp4"
    make_clip(secret)
    playlist = tmp_path / "名单.mp4"
    playlist.write_text(
        f"#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\nhttp://127.0.0.1:9/{secret.name}\n#EXT-X-ENDLIST\n"
    )
    parser.parse(playlist, "video/mp4")
    assert "请人工核对" in parser.get_text()


@pytest.mark.parametrize(
    "written", ["1904-01-01T00:00:00Z", "1970-01-01T08:00:00Z", "2999-01-01T00:00:00Z", "昨天", ""]
)
def test_a_clock_that_was_never_set_is_no_date(written: str) -> None:
    """It is shown as not credible, in a form that Paperless takes for no date either."""
    probed = json.dumps({"format": {"tags": {"creation_time": written}}}).encode()
    facts = facts_of(probed, now=_NOW, utc_offset_hours=8)
    assert facts.created is None
    shown = dict(facts.rows)["设备所记时间"]
    assert shown.startswith("不可信（原值 ")
    assert "-" not in shown


_JSON = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@given(
    tags=st.dictionaries(st.sampled_from(["creation_time", "title", "make", "MODEL"]), st.text(max_size=300)),
    more=_JSON,
)
def test_whatever_a_container_says_is_shown_or_left_out(tags: dict[str, str], more: object) -> None:
    """Tags are anyone's text: nothing in them breaks the reading, and no row grows without bound."""
    probed = json.dumps({"format": {"tags": tags, "duration": str(more)}, "streams": [{"tags": tags}]}).encode()
    facts = facts_of(probed, now=_NOW, utc_offset_hours=8)
    assert all(len(value) <= 260 for _, value in facts.rows)


@pytest.mark.parametrize(
    ("variables", "said"),
    [
        ({"SIDECAR_URL": "http://sidecar:8020/"}, "请在全程收集端上传：http://sidecar:8020/upload"),
        (
            {"SIDECAR_URL": "http://sidecar:8020", "UPLOAD_URL": "https://records.example.org/upload"},
            "请在全程收集端上传：https://records.example.org/upload",
        ),
        ({}, "请放入全程收集端的收件文件夹。"),
    ],
)
def test_a_large_one_is_refused_with_the_place_to_upload(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], said: str
) -> None:
    """The address is one that people's browsers reach, where the operator named it; a byte less is taken in."""
    for name, value in {"PAPERLESS_MEDIA_MB": "1", **variables}.items():
        monkeypatch.setenv(f"QUANCHENG_{name}", value)
    monkeypatch.setattr("quancheng_plugin.host.paperless.part", lambda *_: RuntimeError)
    clip = tmp_path / "整段.mp4"
    make_clip(clip)
    with clip.open("r+b") as file, MediaParser() as parser:
        file.truncate(1024 * 1024)
        parser.parse(clip, "video/mp4")
        file.truncate(1024 * 1024 + 1)
        with pytest.raises(RuntimeError, match=f"超过 Paperless 可收入的 1 MB，未收入。{said}$"):
            parser.parse(clip, "video/mp4")
