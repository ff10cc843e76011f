"""Photos: size and EXIF without decoding, and the decoded upright picture within a bound."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PIL import ExifTags, Image, ImageOps, UnidentifiedImageError

from quancheng_plugin.breaking_off import breaking_off
from quancheng_plugin.errors import DamagedFile, LimitExceeded, QuanchengError
from quancheng_sidecar.media.device import device_of
from quancheng_sidecar.media.extent import find_cut, truncation
from quancheng_sidecar.media.jpeg_scans import scans_of
from quancheng_sidecar.media.report import Duration, Kind, Probe, Stream
from quancheng_sidecar.media.tag_text import clean_tags, decode

CONTAINERS = frozenset({"jpeg", "png", "heic"})
"""Values of `Probe.container` that are photos."""

_FORMAT = {"jpeg": "JPEG", "png": "PNG", "heic": "HEIF"}
_MOST_PIXELS = 250_000_000
_MOST_SCANS = 100
"""Progressive JPEG has some ten; each costs a pass over all pixels and may be 20 bytes long."""
# EXIF 2.32 § 4.6.5, Orientation: how far clockwise the stored picture must be turned.
_TURN = {3: 180, 4: 180, 5: 90, 6: 90, 7: 270, 8: 270}
_TIMES = ("DateTimeOriginal", "DateTimeDigitized", "DateTime")
# RuntimeError is libheif's word for what it refuses within a picture.
_UNREADABLE = (
    UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError, KeyError, IndexError, TypeError, RuntimeError,
)  # fmt: skip
_EXPOSURE = frozenset({"ExposureTime", "FNumber"})
_SERIALS = {"BodySerialNumber": "serial_number"}


def probe_photo(path: Path, container: str) -> Probe:
    """Read a photo's size and EXIF. Raises DamagedFile, LimitExceeded (over 250 million pixels or 100 scans)."""
    with _opened(path, container) as image:
        tags = _exif(image)
        width, height = image.size
        turn = 0 if container == "heic" else _TURN.get(_orientation(image), 0)
    cut = find_cut(path, container)
    named = tags | {new: tags[old] for old, new in _SERIALS.items() if old in tags}
    stream = Stream(
        index=0, kind="image", codec=container, width=width, height=height, rotation=turn, bytes=path.stat().st_size
    )
    return Probe(
        kind=Kind.PHOTO,
        container=container,
        muxer=tags.get("Software"),
        streams=(stream,),
        duration=Duration(declared=None, measured=None),
        device=device_of(named),
        tags=tags,
        creation_times={f"exif.{name}": tags[name] for name in _TIMES if name in tags},
        truncated=cut is not None,
        findings=() if cut is None else (truncation(cut, None),),
    )


def is_exposed(path: Path, container: str) -> bool:
    """Whether a picture says how a camera exposed it (EXIF 2.32 § 4.6.5), which no scanner writes; False for one that
    says nothing or cannot be read. `container` as in `CONTAINERS`.
    """
    try:
        with _opened(path, container) as image:
            return not _EXPOSURE.isdisjoint(_exif(image))
    except QuanchengError:
        return False


def upright(path: Path, container: str, *, most: int) -> Image.Image:
    """Decode a photo, upright, in RGB, shrunk so that neither side exceeds `most` pixels.

    A cut JPEG or PNG gives what can be decoded, the rest grey. Raises DamagedFile, LimitExceeded.
    """
    with _opened(path, container) as image:
        image.draft("RGB", (most, most))  # JPEG can be decoded at an eighth of its size
        with breaking_off(allowed=True):
            image.load()
        small = image.convert("RGB") if image.mode != "RGB" else image
        small.thumbnail((most, most))
        return small.copy() if container == "heic" else ImageOps.exif_transpose(small)


@contextmanager
def _opened(path: Path, container: str) -> Iterator[Image.Image]:
    """Open with the one decoder of the container; what it raises on hostile bytes becomes a coded error."""
    if container == "jpeg" and scans_of(path, most=_MOST_SCANS) > _MOST_SCANS:
        raise LimitExceeded(
            zh=f"照片的扫描次数超出限度（{_MOST_SCANS}），未解码：相机不会如此；文件已保留，请核对来源。",
            en=f"The photo asks for over {_MOST_SCANS} passes over its pixels, as no camera does, and was not decoded:"
            " it is kept; check where it comes from.",
        )
    if container == "heic":
        import pi_heif  # noqa: PLC0415  libheif is loaded only where a HEIC photo is read

        pi_heif.register_heif_opener()
    bound, Image.MAX_IMAGE_PIXELS = Image.MAX_IMAGE_PIXELS, _MOST_PIXELS // 2
    try:
        with warnings.catch_warnings():
            # Between one and two times Pillow's bound it only warns; the bound here is where it refuses.
            warnings.simplefilter("ignore")
            with Image.open(path, formats=[_FORMAT[container]]) as image:
                yield image
    except Image.DecompressionBombError as error:
        raise LimitExceeded(
            zh="照片的像素数超出限度（2.5 亿），未解码：文件已保留，请核对来源。",
            en="The photo has more than 250 million pixels and was not decoded: it is kept; check where it comes from.",
        ) from error
    except _UNREADABLE as error:
        raise DamagedFile(
            zh="照片已损坏，无法读取：文件已保留，请从设备重新导出。",
            en="The photo is damaged and cannot be read: it is kept; export it from the device again.",
        ) from error
    finally:
        Image.MAX_IMAGE_PIXELS = bound


def _orientation(image: Image.Image) -> int:
    value = _whole_exif(image).get(ExifTags.Base.Orientation)
    return value if isinstance(value, int) else 1


def _whole_exif(image: Image.Image) -> Image.Exif:
    if image.format != "PNG":
        return image.getexif()
    # Pillow would decode a whole PNG to look for EXIF behind the picture; cameras write it before.
    exif = Image.Exif()
    exif.load(image.info.get("exif", b""))
    return exif


def _exif(image: Image.Image) -> dict[str, str]:
    """Give all EXIF tags by their standard names, as text; of GPS also the position in degrees."""
    exif = _whole_exif(image)
    found = {ExifTags.TAGS.get(key, f"0x{key:04x}"): value for key, value in exif.items()}
    own = exif.get_ifd(ExifTags.IFD.Exif)
    found |= {ExifTags.TAGS.get(key, f"0x{key:04x}"): value for key, value in own.items()}
    gps = exif.get_ifd(ExifTags.IFD.GPSInfo)
    found |= {ExifTags.GPSTAGS.get(key, f"GPS0x{key:04x}"): value for key, value in gps.items()}
    texts = {str(name): _text(str(name), value) for name, value in found.items()}
    return clean_tags({name: text for name, text in texts.items() if text})


def _text(name: str, value: object) -> str:
    if isinstance(value, bytes):
        # MakerNote and the like are binary; a version is four ASCII digits.
        return decode(value) if len(value) <= 64 and value.rstrip(b"\0").isascii() else ""  # noqa: PLR2004  short
    if name == "GPSTimeStamp" and isinstance(value, tuple):
        hours, minutes, seconds = (float(part) for part in (*value, 0, 0, 0)[:3])
        return f"{hours:02.0f}:{minutes:02.0f}:{seconds:05.2f}"
    if isinstance(value, tuple):
        return " ".join(str(part) for part in value[:16])
    if isinstance(value, str) and not value.isascii():
        # Pillow reads EXIF text as Latin-1; devices write UTF-8 or GBK.
        return decode(value.encode("latin-1", "ignore"))
    return str(value)
