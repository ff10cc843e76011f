"""A font of this machine that has the characters of a seal, cut down to them."""

import io
import logging
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTCollection, TTFont, TTLibError
from fontTools.ttLib.scaleUpem import scale_upem

from quancheng_plugin.signing import fontconfig

# Tried before asking fontconfig, which takes a process: sans serif first, which stays legible when small.
_KNOWN = tuple(
    Path("/usr/share/fonts") / name
    for name in (
        "opentype/noto/NotoSansCJK-Regular.ttc",
        "truetype/wqy/wqy-zenhei.ttc",
        "truetype/wqy/wqy-microhei.ttc",
        "google-noto-cjk/NotoSansCJK-Regular.ttc",
        "noto-cjk/NotoSansCJK-Regular.ttc",
        "opentype/noto/NotoSerifCJK-Regular.ttc",
        "truetype/arphic/ukai.ttc",
        "truetype/arphic/uming.ttc",
    )
)
# Cut along, so that seals of one unit share a cut whatever digits their numbers have; only what is used is embedded.
_ALWAYS = frozenset(map(chr, range(0x20, 0x7F))) | frozenset("〔〕（）：第号编时间年月日")
_SIMPLIFIED = ("SC", "CN", "GB")
_UNITS_PER_EM = 1000  # widths in PDF are thousandths of an em (ISO 32000-1, 9.2.4)

# fontTools tells of tables that it drops; that is what is wanted here.
logging.getLogger("fontTools.subset").setLevel(logging.ERROR)


class NoFont(Exception):
    """No font has all characters; `missing` are those that the best one lacks."""

    def __init__(self, missing: str) -> None:
        super().__init__(missing)
        self.missing = missing


def cut_font(characters: frozenset[str]) -> bytes:
    """An OpenType font of 1000 units per em with these characters and few others. Raises `NoFont`.

    Cuts are kept: the seals of one unit differ in little but digits.
    """
    return _cut_font(characters - _ALWAYS)


@lru_cache(maxsize=32)
def _cut_font(characters: frozenset[str]) -> bytes:
    missing = characters
    for path in _candidates():
        try:
            return _cut_from(path, characters)
        except NoFont as lacking:
            missing = min(missing, frozenset(lacking.missing), key=len)
        except (OSError, TTLibError, KeyError, ValueError, IndexError, AssertionError):
            continue  # a font that cannot be read is as none
    raise NoFont("".join(sorted(missing)))


def _candidates() -> Iterator[Path]:
    known = [path for path in _KNOWN if path.is_file()]
    yield from known
    yield from (path for path in fontconfig.chinese_font_files() if path not in known)


def _cut_from(path: Path, characters: frozenset[str]) -> bytes:
    """The characters from this file's face for Simplified Chinese. Raises `NoFont` when it lacks some."""
    with path.open("rb") as file:
        collection = file.read(4) == b"ttcf"
        file.seek(0)
        faces = TTCollection(file, lazy=True).fonts if collection else [TTFont(file, lazy=True)]
        face = next((each for each in faces if str(each["name"].getDebugName(4)).split()[-1] in _SIMPLIFIED), faces[0])
        has = face.getBestCmap() or {}
        lacking = [each for each in characters if ord(each) not in has]
        if lacking:
            raise NoFont("".join(lacking))
        return _cut(face, characters | _ALWAYS)


def _cut(font: TTFont, characters: frozenset[str]) -> bytes:
    options = Options(layout_features=[], layout_closure=False, name_IDs=[1, 2, 4, 6], hinting=False)
    options.drop_tables += ["GPOS", "GSUB", "GDEF", "BASE", "VORG", "vhea", "vmtx", "FFTM", "BDF "]
    subsetter = Subsetter(options)
    subsetter.populate(text="".join(sorted(characters)))
    subsetter.subset(font)
    if font["head"].unitsPerEm != _UNITS_PER_EM:
        scale_upem(font, _UNITS_PER_EM)
    cut = io.BytesIO()
    font.save(cut)
    return cut.getvalue()
