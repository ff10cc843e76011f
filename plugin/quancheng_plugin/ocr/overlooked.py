"""Finds ink that no letter accounts for: beside the box of a line, in it, or where there is no box at all.

A first 三 or 一 is few strokes far apart, and a fax thins them: the detector then begins the line at the second letter,
or the engine passes over the first one, and how sure it is of what it read says nothing of what it did not. The page
does. Where the ink of letters goes on beside a box, with no rule of a table and no other box between, the line is drawn
out over it and read again; ink that nobody read even then makes the letters next to it doubtful; letters in no box are
read, as doubtful ones. Letters that a pen struck out (`struck`) are doubtful too.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import cv2
import numpy as np
from numpy.typing import NDArray

from quancheng_plugin.ocr.lines import BY_INK
from quancheng_plugin.ocr.seen import Corners, Picture, SeenLine, SeenPage
from quancheng_plugin.ocr.struck import struck_letters

# All lengths below are shares of a box's height, which is about 1.4 letters.
# Boxes are brought to this many pixels of height: strokes are then one to three pixels wide.
_WORKED_AT = 28.0
# Shorter ink is dust or a point, longer a drawing or a rule.
_LEAST, _MOST = 0.28, 1.5
# How far the next letter may stand from the one before, and how much paper a box has at its ends.
_GAP, _MARGIN = 0.75, 0.15
# Where the middle of a letter's ink lies between the box's top and bottom; underlines lie lower.
_TOP, _BOTTOM = 0.2, 0.8
# Unbroken ink of this length is a rule: across it would be three letters in one stroke, down it is more than a line.
_RULE_ACROSS, _RULE_DOWN = 2.2, 1.1
# A line is drawn out by at most this much.
_FARTHEST = 12.0
# A box this much higher than wide holds a line that stands.
_STANDING = 2.0
# From where the engine saw a letter its ink reaches this far at most, and some of it comes nearer than that.
_LETTER, _BESIDE = 0.6, 0.38
# So many pixels of ink, over the box's height, that are so long one way or the other are more than dust.
_UNREAD, _UNREAD_LONG = 0.2, 0.12
# In a box this much higher than the page's usual ones the strokes of letters are as long as rules.
_LARGE = 1.25
# Letters without a box: how high and wide they are together, and the share of it that is ink; dust is thinner.
_LOWEST, _HIGHEST, _NARROWEST, _THINNEST = 0.35, 1.8, 0.35, 0.1
# More of them than this are a photo or a drawing.
_MOST_ALONE = 60

type _Mask = NDArray[np.uint8]


def completed(
    picture: Picture, page: SeenPage, read: Callable[[Picture, Sequence[Corners]], list[SeenLine]]
) -> SeenPage:
    """The page with what was overlooked on its upright `picture` read, or the letters beside it made doubtful.

    `read` reads what stands in boxes of the picture, a line for each.
    """
    if not page.lines:
        return page
    lines = list(page.lines)
    longer = Ink(picture, [line.corners for line in lines]).beside()
    for wide, again in zip(longer, read(picture, [wide.corners for wide in longer]), strict=True):
        lines[wide.index] = _longer(lines[wide.index], wide, again)
    ink = Ink(picture, [line.corners for line in lines])
    for wide in ink.beside():
        lines[wide.index] = _doubting(lines[wide.index], wide.ends)
    lines = [_doubting(line, ink.unread(line.corners, line.middles)) for line in lines]
    lines = [_doubted(line, struck_letters(picture, line)) for line in lines]
    alone = [_doubting(line, line.middles) for line in read(picture, ink.apart()) if line.text]
    return replace(page, lines=(*lines, *alone))


def _longer(line: SeenLine, wide: "DrawnOut", again: SeenLine) -> SeenLine:
    """The line as read in its longer box, if that only adds to it where it was drawn out; else doubtful there."""
    before, found, after = again.text.partition(line.text)
    if not found or (before and not wide.left) or (after and not wide.right):
        return _doubting(replace(line, corners=wide.corners), wide.ends)
    # What was doubtful at first sight stays so.
    least = [*[1.0] * len(before), *line.letters, *[1.0] * len(after)]
    return replace(
        again,
        letters=tuple(map(min, again.letters, least)),
        confidence=min(line.confidence, again.confidence),
    )


def _doubted(line: SeenLine, letters: Sequence[int]) -> SeenLine:
    """The line with these letters, places in its text, made doubtful."""
    if not letters:
        return line
    sure = tuple(min(each, BY_INK) if at in letters else each for at, each in enumerate(line.letters))
    return replace(line, letters=sure, confidence=min(line.confidence, BY_INK))


def _doubting(line: SeenLine, places: Sequence[float]) -> SeenLine:
    """The line with the letters on both sides of these places, shares of its width, made doubtful."""
    if not places:
        return line
    written = [at for at, letter in enumerate(line.text) if not letter.isspace()]
    # Marks do not count where a line is judged.
    telling = [pair for pair in zip(written, line.middles, strict=False) if line.text[pair[0]].isalnum()]
    near: list[int] = []
    for place in places:
        near += [at for at, middle in telling if middle <= place][-1:]
        near += [at for at, middle in telling if middle > place][:1]
    return replace(_doubted(line, near), confidence=min(line.confidence, BY_INK))


@dataclass(frozen=True)
class DrawnOut:
    """The box of line `index` drawn out over the ink on its left, its right, or both."""

    index: int
    corners: Corners
    left: bool
    right: bool

    @property
    def ends(self) -> list[float]:
        """Where it was drawn out, as shares of its width."""
        return [0.0] * self.left + [1.0] * self.right


class Ink:
    """The ink of an upright page whose lines stand in `boxes`, one or more.

    `picture` is blue-green-red. Red ink (seals, finger prints) does not count, nor do the rules of tables.
    """

    def __init__(self, picture: Picture, boxes: Sequence[Corners]) -> None:
        self._boxes = boxes
        self._usual = float(np.median([np.linalg.norm(box[3] - box[0]) for box in boxes]))
        self._scale = min(1.0, _WORKED_AT / self._usual)
        self._unit = self._usual * self._scale
        height, width = picture.shape[:2]
        size = (max(1, round(width * self._scale)), max(1, round(height * self._scale)))
        # Black is dark in the red channel too, red is light.
        red = np.asarray(cv2.resize(picture[:, :, 2].copy(), size, interpolation=cv2.INTER_AREA), np.uint8)
        boxed = self._boxed(red)
        self._covered = np.minimum(boxed, 1)
        ink = _dark(red, self._covered)
        self._rules = _rules(ink, self._unit)
        for box in boxes:
            if np.linalg.norm(box[3] - box[0]) > _LARGE * self._usual:
                cv2.fillConvexPoly(self._rules, self._reduced(box), 0)
        ink &= 1 - self._rules
        self._free = ink & (1 - self._covered)
        # What lies in two boxes may have been read in either.
        self._own = ink & (boxed == 1)

    def _reduced(self, box: Corners) -> NDArray[np.int32]:
        return np.asarray(np.round(box * self._scale), np.int32)

    def _boxed(self, page: _Mask) -> _Mask:
        """In how many boxes each pixel of the reduced page lies."""
        count = np.zeros_like(page)
        for box in map(self._reduced, self._boxes):
            left, top = np.maximum(box.min(axis=0), 0)
            part = count[top : box[:, 1].max() + 1, left : box[:, 0].max() + 1]
            part += np.asarray(cv2.fillConvexPoly(np.zeros_like(part), box - (left, top), 1), np.uint8)
        return count

    @cached_property
    def _marks(self) -> NDArray[np.float64]:
        """Pieces of ink outside the boxes, as rows of left, top, right, bottom in pixels of the picture."""
        joined = cv2.morphologyEx(self._free, cv2.MORPH_CLOSE, _block(5, 3))
        _, _, found, _ = cv2.connectedComponentsWithStats(joined)
        left, top, across, down, _area = found[1:].T.astype(np.float64)
        # Half and double, since lines differ in height; each line looks for itself again.
        long = np.maximum(across, down) / self._unit
        kept = (long >= _LEAST / 2) & (long <= _MOST * 2)
        marks: NDArray[np.float64] = np.stack([left, top, left + across, top + down], axis=1)[kept] / self._scale
        return marks

    def beside(self) -> list[DrawnOut]:
        """The lines whose letters go on beyond their box."""
        found = []
        for index, box in enumerate(self._boxes):
            if _stands(box):
                continue
            left, right = self._reach(box[[1, 0, 3, 2]]), self._reach(box)
            if left or right:
                along = (box[1] - box[0]) / np.linalg.norm(box[1] - box[0])
                corners = box + np.array([-left, right, right, -left])[:, None] * along
                found.append(DrawnOut(index, corners.astype(np.float32), left > 0, right > 0))
        return found

    def _reach(self, box: Corners) -> float:
        """By how many pixels letters go on beyond the second and third corner; 0 where they do not."""
        along, down = box[1] - box[0], box[3] - box[0]
        height = float(np.linalg.norm(down))
        along, down = along / np.linalg.norm(along), down / height
        middle = (self._marks[:, :2] + self._marks[:, 2:]) / 2 - box[1]
        half = (self._marks[:, 2:] - self._marks[:, :2]) / 2
        near, far = middle @ along - half @ np.abs(along), middle @ along + half @ np.abs(along)
        level, long = middle @ down / height, 2 * half.max(axis=1) / height
        end = self._barrier(box, along, down, height)
        fits = (near + far > 0) & (near < end) & (level >= _TOP) & (level <= _BOTTOM)
        fits &= (long >= _LEAST) & (long <= _MOST)
        reach = 0.0
        for at in np.flatnonzero(fits)[np.argsort(near[fits])]:
            if near[at] > reach + _GAP * height:
                break
            reach = max(reach, float(far[at]))
        return min(reach + _MARGIN * height, end) if reach else 0.0

    def _barrier(self, box: Corners, along: Corners, down: Corners, height: float) -> float:
        """How far it is, in pixels, from the end of a box to the next rule, box or edge of the page."""
        steps = np.arange(2.0, _FARTHEST * height * self._scale) / self._scale
        rows = np.array([0.35, 0.5, 0.65]) * height
        places = box[1] + steps[:, None, None] * along + rows[None, :, None] * down
        x, y = np.moveaxis(np.round(places * self._scale).astype(int), 2, 0)
        outside = (x < 0) | (y < 0) | (x >= self._free.shape[1]) | (y >= self._free.shape[0])
        stops = (self._rules | self._covered)[np.where(outside, 0, y), np.where(outside, 0, x)].astype(bool) | outside
        stopped = stops.any(axis=1)
        return float(steps[int(stopped.argmax())]) if stopped.any() else _FARTHEST * height

    def unread(self, box: Corners, middles: Sequence[float]) -> list[float]:
        """Where in a box ink stands too far from every letter read there; all are shares of the box's width."""
        if not middles or _stands(box):
            return []
        width, height = (float(np.linalg.norm(box[at] - box[0])) * self._scale for at in (1, 3))
        size = (max(1, round(width)), max(1, round(height)))
        lying = np.array([[0, 0], [size[0], 0], size], np.float32)
        turning = cv2.getAffineTransform((box[:3] * self._scale).astype(np.float32), lying)
        line = cv2.warpAffine(self._own, turning, size)[round(_TOP * height) : round(_BOTTOM * height)]
        places = (np.arange(size[0]) + 0.5) / size[0]
        away = np.abs(places[:, None] - np.array(middles)).min(axis=1) * width / height
        found = []
        for run in _runs(line.any(axis=0)):
            far = away[run] > (0 if away[run].min() > _BESIDE else _LETTER)
            stroke = line[:, run][:, far]
            long = max(np.count_nonzero(stroke.any(axis=axis)) for axis in (0, 1))
            if stroke.sum() > _UNREAD * height and long > _UNREAD_LONG * height:
                found.append(float(places[run][far].mean()))
        return found

    def apart(self) -> list[Corners]:
        """Boxes around what looks like letters and lies in no box."""
        taken = np.zeros_like(self._free)
        for left, top, right, bottom in np.round(self._marks * self._scale).astype(int).tolist():
            taken[top:bottom, left:right] = 1
        joined = cv2.morphologyEx(taken, cv2.MORPH_CLOSE, _block(round(_GAP * self._unit), round(self._unit / 4)))
        _, _, found, _ = cv2.connectedComponentsWithStats(joined & (1 - self._covered))
        boxes = [self._box(*place) for *place, _area in found[1:].tolist() if self._lettered(*place)]
        return boxes if len(boxes) <= _MOST_ALONE else []

    def _lettered(self, left: int, top: int, across: int, down: int) -> bool:
        inked = np.count_nonzero(self._free[top : top + down, left : left + across])
        high, wide = down / self._unit, across / self._unit
        return bool(_LOWEST <= high <= _HIGHEST and wide >= _NARROWEST and inked >= _THINNEST * across * down)

    def _box(self, left: int, top: int, across: int, down: int) -> Corners:
        """A box as the detector would make one: with paper around, and no lower than the page's others."""
        margin = _MARGIN * self._unit
        middle, half = top + down / 2, max(down / 2 + margin, self._unit / 2)
        x0, x1, y0, y1 = left - margin, left + across + margin, middle - half, middle + half
        return np.array([[x0, y0], [x1, y0], [x1, y1], [x0, y1]], np.float32) / self._scale


def _stands(box: Corners) -> bool:
    width, height = (float(np.linalg.norm(box[at] - box[0])) for at in (1, 3))
    return height > _STANDING * width


def _runs(of: NDArray[np.bool_]) -> list[slice]:
    """Where the values are true without a break."""
    edges = np.flatnonzero(np.diff(of.astype(np.int8), prepend=0, append=0))
    return [slice(int(begin), int(stop)) for begin, stop in edges.reshape(-1, 2)]


def _dark(red: _Mask, covered: _Mask) -> _Mask:
    """1 where a pixel is as dark, against the paper around it, as the letters in the boxes are."""
    height, width = red.shape
    reduced = cv2.resize(red, (max(1, width // 8), max(1, height // 8)), interpolation=cv2.INTER_AREA)
    paper = cv2.resize(cv2.dilate(reduced, _block(5, 5)), (width, height), interpolation=cv2.INTER_LINEAR)
    darkness = cv2.subtract(paper, red)
    if not (letters := darkness[covered > 0]).size:
        return np.zeros_like(red)
    least, _ = cv2.threshold(letters, 0, 1, cv2.THRESH_OTSU)
    return np.asarray(darkness > least, np.uint8)


def _rules(ink: _Mask, unit: float) -> _Mask:
    """1 on the rules of tables; a page that leans a little and a fax that breaks them are allowed for."""
    upright = cv2.morphologyEx(cv2.dilate(ink, _block(3, 1)), cv2.MORPH_CLOSE, _block(1, round(unit / 4)))
    upright = cv2.morphologyEx(upright, cv2.MORPH_OPEN, _block(1, round(_RULE_DOWN * unit)))
    level = cv2.morphologyEx(cv2.dilate(ink, _block(1, 3)), cv2.MORPH_OPEN, _block(round(_RULE_ACROSS * unit), 1))
    return np.asarray(cv2.bitwise_or(upright, level), np.uint8)


def _block(width: int, height: int) -> _Mask:
    return np.ones((max(1, height), max(1, width)), np.uint8)
