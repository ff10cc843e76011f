"""RapidOCR: finds lines of text in a picture, which way they run, and reads them.

The library's own call classifies each line by itself and turns the ones that seem upside down;
a short line of digits is then easily turned wrongly. Here the lines of a page vote first, and
the page is turned as a whole. Lines are cut from the full picture, not from the reduced one that
the detector looks at: small print is read better, at no cost. Last, ink that no box covers and no
letter accounts for is read once more, or makes the letters beside it doubtful (`overlooked`).
"""

import math
import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any
from unicodedata import category

import numpy as np

from quancheng_plugin.errors import ToolMissing
from quancheng_plugin.ocr.overlooked import completed
from quancheng_plugin.ocr.seen import Corners, Picture, SeenLine, SeenPage, turn
from quancheng_plugin.ocr.variants import in_print

# Beyond this ratio of height to width the library stands a line on its side before it reads it.
_TALL = 1.5
# A line must be this much longer than high to tell which way the page is up.
_TELLING = 2.0
# Width over height of the classifier's picture (192 × 48).
_CLASSIFIED = 4
# A vote of this share of the telling length needs no second look.
_CLEAR = 0.9
# Measured: upright pages are read with 0.9 and more on the average of their letters, sideways ones under 0.77.
_POOR = 0.8
# The engine's session is not meant to be entered twice at once.
_lock = threading.Lock()


@dataclass(frozen=True)
class _Found:
    """Boxes of lines with what is cut out of the picture there, lying; `upside_down` per line."""

    corners: list[Corners]
    cuts: list[Picture]
    tall: list[bool]
    upside_down: list[bool]


def look(picture: Picture) -> SeenPage:
    """Read a picture of a page that may lie any way round; raises ToolMissing without models."""
    with _lock:
        found = _find(picture)
        turned, share = _vote(found)
        seen = _look_turned(picture, turned) if turned else _page(picture, 0, found)
        if found.corners and share < _CLEAR and _certainty(seen) < _POOR:
            # Short cells of a table that lies on its side line up to rows of their own: let the reading decide.
            others = (way for way in (0, 90, 180, 270) if way != turned)
            seen = max((seen, *(_look_turned(picture, way) for way in others)), key=_read_for_sure)
        return _in_print(completed(turn(picture, seen.turned), seen, read_boxes))


def _in_print(page: SeenPage) -> SeenPage:
    texts = in_print([line.text for line in page.lines])
    return replace(page, lines=tuple(replace(line, text=text) for line, text in zip(page.lines, texts, strict=True)))


def _look_turned(picture: Picture, turned: int) -> SeenPage:
    upright = turn(picture, turned)
    return _page(upright, turned, _find(upright))


def _page(picture: Picture, turned: int, found: _Found) -> SeenPage:
    height, width = picture.shape[:2]
    return SeenPage(turned=turned, width=width, height=height, lines=_read(found))


def _read_for_sure(page: SeenPage) -> float:
    """How many letters were read, each weighted by how sure its line is."""
    return sum(line.confidence * len(line.text) for line in page.lines)


def _certainty(page: SeenPage) -> float:
    """How sure the letters were read on average, 0..1."""
    return _read_for_sure(page) / max(1, sum(len(line.text) for line in page.lines))


@cache
def _engine() -> Any:  # noqa: ANN401 - the library ships no types
    from rapidocr import RapidOCR  # noqa: PLC0415 - takes a second to import, and is not always needed

    models = {name: _model(name) for name in ("det", "cls", "rec")}
    params: dict[str, Any] = {f"{name.title()}.model_path": str(path) for name, path in models.items()}
    return RapidOCR(params={**params, "Global.log_level": "critical", "Global.return_word_box": True})


def _model(task: str) -> Path:
    """The model that the wheel carries: naming it keeps the library from fetching another."""
    import rapidocr  # noqa: PLC0415 - as above

    found = sorted((Path(rapidocr.__file__).parent / "models").glob(f"*_{task}_*.onnx"))
    if len(found) != 1:
        raise ToolMissing(
            zh=f"识别引擎 RapidOCR 缺少自带的模型（{task}）。请重新安装：pip install --force-reinstall rapidocr",
            en=f"RapidOCR lacks its own model ({task}). Reinstall: pip install --force-reinstall rapidocr",
        )
    return found[0]


def version() -> str:
    """Version of the installed RapidOCR."""
    from importlib.metadata import version as installed  # noqa: PLC0415 - asked once per file

    return installed("rapidocr")


def _find(picture: Picture) -> _Found:
    from rapidocr.main import RapidOCRError  # noqa: PLC0415 - as in _engine
    from rapidocr.utils.process_img import map_boxes_to_original  # noqa: PLC0415 - as in _engine

    engine = _engine()
    reduced, steps = engine.preprocess_img(picture)
    try:
        _, detected = engine.detect_and_crop(reduced, steps)
    except RapidOCRError:  # its way of saying that there is no text
        return _Found([], [], [], [])
    height, width = picture.shape[:2]
    corners = [box.astype(np.float32) for box in map_boxes_to_original(detected.boxes, steps, height, width)]
    corners = [box for box in corners if _size(box)[0] >= 1 and _size(box)[1] >= 1]
    if not corners:
        return _Found([], [], [], [])
    cuts, tall = _cut(picture, corners)
    _, classified = engine.cls_and_rotate([_middle(cut) for cut in cuts])
    upside_down = [label == "180" and score > engine.cfg.Cls.cls_thresh for label, score in classified.cls_res]
    return _Found(corners, cuts, tall, upside_down)


def _cut(picture: Picture, corners: Sequence[Corners]) -> tuple[list[Picture], list[bool]]:
    """What stands in the boxes, lying, and which of them were laid down for it."""
    from rapidocr.utils.process_img import get_rotate_crop_image  # noqa: PLC0415 - as in _engine

    return (
        [get_rotate_crop_image(picture, box) for box in corners],
        [_size(box)[1] >= _TALL * _size(box)[0] for box in corners],
    )


def _middle(cut: Picture) -> Picture:
    """As much of a line as the classifier looks at; it would squeeze a longer one beyond recognition."""
    height, width = cut.shape[:2]
    seen = int(_CLASSIFIED * height)
    start = (width - seen) // 2
    return cut if width <= seen else np.ascontiguousarray(cut[:, start : start + seen])


def _size(box: Corners) -> tuple[float, float]:
    return (
        float(max(np.linalg.norm(box[0] - box[1]), np.linalg.norm(box[2] - box[3]))),
        float(max(np.linalg.norm(box[0] - box[3]), np.linalg.norm(box[1] - box[2]))),
    )


def _vote(found: _Found) -> tuple[int, float]:
    """Degrees clockwise that put the page upright, by vote of its long lines, and the share of their length for it."""
    votes = {0: 0.0, 90: 0.0, 180: 0.0, 270: 0.0}
    for box, tall, upside_down in zip(found.corners, found.tall, found.upside_down, strict=True):
        width, height = _size(box)
        long, short = max(width, height), min(width, height)
        if long >= _TELLING * short:
            votes[(360 - _running(box, tall=tall, upside_down=upside_down)) % 360] += long
    best = max(votes, key=lambda way: votes[way])
    return best, votes[best] / max(1.0, sum(votes.values()))


def _running(box: Corners, *, tall: bool, upside_down: bool) -> int:
    """Which way a line runs: 0 to the right, 90 down, 180 to the left, 270 up.

    From where its corners lie, since the detector's order of them follows a line that leans. A standing
    line is laid down anticlockwise before it is classified, so what then reads the right way ran downwards.
    """
    along = box[3] - box[0] if tall else box[1] - box[0]
    angle = math.degrees(math.atan2(float(along[1]), float(along[0]))) + (180 if upside_down else 0)
    return round(angle / 90) % 4 * 90


def _read(found: _Found) -> tuple[SeenLine, ...]:
    """Read the lines of an upright page; boxes in which nothing is read are left out."""
    return tuple(line for line in _read_every(found) if line.text)


def read_boxes(picture: Picture, corners: Sequence[Corners]) -> list[SeenLine]:
    """Read what stands in these boxes of an upright picture, a line for each."""
    return _read_every(_Found(list(corners), *_cut(picture, corners), upside_down=[]))


def _read_every(found: _Found) -> list[SeenLine]:
    if not found.cuts:
        return []
    result = _engine().recognize_txt(_stood_up(found))
    return [_seen(*read) for read in zip(found.corners, result.txts, result.word_results, strict=True)]


def _seen(box: Corners, text: str, judged: Any) -> SeenLine:  # noqa: ANN401 - the library's `WordInfo`
    """A line with how sure each of its letters is and where it stands, blanks at its ends left out."""
    begin = len(text) - len(text.lstrip())
    text = text.strip()
    letters = _beside_dashes(text, [_sure(*each) for each in zip(text, judged.confs[begin:][: len(text)], strict=True)])
    # The engine counts in steps of its own, so many for the line; its middle is that of the letter's step.
    steps = (step for word in judged.word_cols for step in word)
    return SeenLine(
        corners=box,
        text=text,
        confidence=_least_sure(text, letters),
        letters=tuple(letters),
        middles=tuple((step + 0.5) / judged.line_txt_len for step in steps),
    )


def _least_sure(text: str, letters: list[float]) -> float:
    """How sure the engine is of the letter or digit it is least sure of, 0..1.

    Its own figure for a line is the mean of all characters, in which one misread digit drowns:
    measured on worn forms, lines with an error had means up to 0.98, but a least sure letter under
    0.7 in nine of ten. Punctuation is left out: full and half width are often a toss-up.
    """
    return min([sure for letter, sure in zip(text, letters, strict=True) if letter.isalnum()] or letters, default=0.0)


def _beside_dashes(text: str, letters: list[float]) -> list[float]:
    """Letters beside a dash are no surer than it is: it may be a 一, and as a mark it does not count by itself."""
    for at, letter in enumerate(text):
        if category(letter) == "Pd":
            for beside in {max(0, at - 1), min(len(text) - 1, at + 1)}:
                letters[beside] = min(letters[beside], letters[at])
    return letters


def _sure(letter: str, confidence: float) -> float:
    """The model knows 渔 and 漁, 强 and 強 as two characters and parts its certainty between them.

    Measured on clean sheets: Han letters read rightly came down to 0.73, digits never under 0.9. The
    root lifts the former over the usual threshold of 0.85, and leaves below it what was misread.
    """
    confidence = min(1.0, max(0.0, confidence))
    return confidence if letter.isascii() else math.sqrt(confidence)


def _stood_up(found: _Found) -> list[Picture]:
    """A single narrow character (1, 丨) is tall without standing on its side: let it stand."""
    heights = [_size(box)[1] for box, tall in zip(found.corners, found.tall, strict=True) if not tall]
    usual = float(np.median(heights)) if heights else 0.0
    return [
        np.rot90(cut, -1) if tall and _size(box)[1] <= 2 * usual else cut
        for cut, box, tall in zip(found.cuts, found.corners, found.tall, strict=True)
    ]
