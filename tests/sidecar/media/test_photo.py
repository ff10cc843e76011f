"""Photos: EXIF, orientation, size bounds and what a broken one gives."""

import importlib.util
import struct
import zlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from PIL import ExifTags, Image, ImageFile

from quancheng_plugin.errors import DamagedFile, LimitExceeded
from quancheng_sidecar.media.integrity.photos import photo_findings
from quancheng_sidecar.media.integrity.survey import survey
from quancheng_sidecar.media.photo import upright
from quancheng_sidecar.media.probe import probe
from quancheng_sidecar.media.report import Kind


def exif_of_a_camera() -> Image.Exif:
    """EXIF as a camera writes it: make, model, instant with offset, position and GPS time."""
    exif = Image.Exif()
    exif[ExifTags.Base.Make] = "DSJ"
    exif[ExifTags.Base.Model] = "V9"
    exif[ExifTags.Base.Orientation] = 6
    own = exif.get_ifd(ExifTags.IFD.Exif)
    own[ExifTags.Base.DateTimeOriginal] = "2026:03:01 09:30:00"
    own[ExifTags.Base.OffsetTimeOriginal] = "+08:00"
    own[ExifTags.Base.BodySerialNumber] = "A123"
    gps = exif.get_ifd(ExifTags.IFD.GPSInfo)
    gps[ExifTags.GPS.GPSDateStamp] = "2026:03:01"
    gps[ExifTags.GPS.GPSTimeStamp] = (1.0, 30.0, 5.0)
    return exif


def scene() -> Image.Image:
    """A picture that differs in every corner."""
    return Image.radial_gradient("L").convert("RGB").resize((400, 300)).rotate(20)


def test_exif(tmp_path: Path) -> None:
    """Times, device, serial and GPS time of EXIF are given under their standard names."""
    path = tmp_path / "x.jpg"
    scene().save(path, exif=exif_of_a_camera())
    found = probe(path)
    assert found.kind is Kind.PHOTO
    assert (found.device.make, found.device.model, found.device.serial) == ("DSJ", "V9", "A123")
    assert found.creation_times == {"exif.DateTimeOriginal": "2026:03:01 09:30:00"}
    assert found.tags["OffsetTimeOriginal"] == "+08:00"
    assert (found.tags["GPSDateStamp"], found.tags["GPSTimeStamp"]) == ("2026:03:01", "01:30:05.00")
    assert found.streams[0].rotation == 90


def test_png_exif_is_read_without_decoding(tmp_path: Path) -> None:
    """A PNG's EXIF before the picture is read."""
    path = tmp_path / "x.png"
    scene().save(path, exif=exif_of_a_camera())
    assert probe(path).creation_times == {"exif.DateTimeOriginal": "2026:03:01 09:30:00"}


def test_exif_text_in_utf8(tmp_path: Path) -> None:
    """A model written in UTF-8 is read as Chinese."""
    exif = Image.Exif()
    exif[ExifTags.Base.Model] = "执法记录仪".encode()
    path = tmp_path / "x.jpg"
    scene().save(path, exif=exif)
    assert probe(path).device.model == "执法记录仪"


def test_heic(tmp_path: Path) -> None:
    """A HEIC photo is recognised, its EXIF read and its picture hashed; a cut one is damaged."""
    spec = importlib.util.spec_from_file_location("heic", Path(__file__).with_name("heic.py"))
    assert spec is not None
    assert spec.loader is not None
    heic = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(heic)
    path = tmp_path / "x.heic"
    heic.write_heic(path, exif_of_a_camera().tobytes().removeprefix(b"Exif\0\0"))
    found = probe(path)
    assert (found.container, found.kind, found.truncated) == ("heic", Kind.PHOTO, False)
    assert found.creation_times == {"exif.DateTimeOriginal": "2026:03:01 09:30:00"}
    assert len(survey(path, found, limit_s=60).fingerprint.pictures) == 1
    path.write_bytes(path.read_bytes()[:-500])
    with pytest.raises(DamagedFile):
        probe(path)


def test_hash_ignores_how_the_picture_is_stored(tmp_path: Path) -> None:
    """A photo stored turned with an orientation tag hashes like the same photo stored upright."""
    straight, turned = tmp_path / "a.png", tmp_path / "b.png"
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = 6
    scene().save(straight)
    scene().transpose(Image.Transpose.ROTATE_90).save(turned, exif=exif)
    prints = [survey(path, probe(path), limit_s=60).fingerprint.pictures[0].pdq for path in (straight, turned)]
    assert (int(prints[0], 16) ^ int(prints[1], 16)).bit_count() <= 2


def chunk(kind: bytes, data: bytes) -> bytes:
    """One PNG chunk."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def test_png_bomb(tmp_path: Path) -> None:
    """A PNG that claims 60,000 × 60,000 pixels is refused at its bound, before anything is decoded."""
    path = tmp_path / "bomb.png"
    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    path.write_bytes(
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(bytes(1 << 22)))
        + chunk(b"IEND", b"")
    )
    with pytest.raises(LimitExceeded) as raised:
        probe(path)
    assert raised.value.code == "QC-INPUT-LIMIT"


def test_text_bomb_in_png(tmp_path: Path) -> None:
    """A compressed text that would unfold to hundreds of megabytes is not unfolded into memory."""
    path = tmp_path / "bomb.png"
    header = struct.pack(">IIBBBBB", 8, 8, 8, 0, 0, 0, 0)
    text = b"Comment\0\0" + zlib.compress(bytes(200 << 20))
    rows = zlib.compress(bytes(9 * 8))
    parts = (chunk(b"IHDR", header), chunk(b"zTXt", text), chunk(b"IDAT", rows), chunk(b"IEND", b""))
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + b"".join(parts))
    with pytest.raises(DamagedFile):
        probe(path)


def test_cut_jpeg_is_still_drawn(tmp_path: Path) -> None:
    """What is left of a cut JPEG is decoded for the poster, although the file is reported as cut."""
    path = tmp_path / "x.jpg"
    scene().resize((1600, 1200)).save(path, quality=95)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    assert probe(path).truncated
    picture = upright(path, "jpeg", most=512)
    assert picture.size == (512, 384)
    assert picture.crop((0, 0, 512, 100)).getextrema() != ((0, 0), (0, 0), (0, 0))


def test_cut_jpeg_is_found_whatever_else_decodes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where another library told Pillow to take broken files, or another thread does, a cut photo is still found."""
    path = tmp_path / "a.jpg"
    Image.effect_noise((640, 480), 90).save(path)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", True)
    with ThreadPoolExecutor(4) as pool:
        drawn = [pool.submit(upright, path, "jpeg", most=640) for _ in range(20)]
        found = [pool.submit(photo_findings, path, "jpeg") for _ in range(20)]
    assert {picture.result().size for picture in drawn} == {(640, 480)}
    assert [[f.code for f in each.result()] for each in found] == [["decode-errors"]] * 20


def test_jpeg_of_endless_scans_is_refused(tmp_path: Path) -> None:
    """A JPEG that asks for thousands of passes over its pixels is refused before it is decoded."""
    path = tmp_path / "x.jpg"
    scene().save(path, progressive=True)
    data = path.read_bytes()
    path.write_bytes(data[:-2] + data[data.rindex(b"\xff\xda") : -2] * 5000 + b"\xff\xd9")
    with pytest.raises(LimitExceeded):
        probe(path)


def test_scans_behind_the_image_do_not_count(tmp_path: Path) -> None:
    """A photo behind whose end a device put a film is read, whatever bytes the film has."""
    path = tmp_path / "x.jpg"
    scene().save(path, progressive=True)
    path.write_bytes(path.read_bytes() + b"\xff\xda\x00\x08" * 5000)
    assert probe(path).kind is Kind.PHOTO
