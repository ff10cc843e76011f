"""Backdrops of made recordings: textured pictures larger than the frame, so that a camera can pan over them."""

from typing import Literal

import cv2
import numpy as np

from quancheng_sidecar.demo.overlay import Pixels

Scene = Literal["harbour", "night", "glare", "noise", "testcard"]

_MARGIN = 1.3
"""How much larger than the frame a backdrop is, along each side."""


def paint(scene: Scene, size: tuple[int, int], seed: int) -> Pixels:
    """Paint a backdrop for frames of `size` (width, height): RGB pixels, larger than the frame by `_MARGIN`."""
    width, height = (int(side * _MARGIN) // 2 * 2 for side in size)
    random = np.random.default_rng(seed)
    if scene == "noise":
        grain = random.normal(random.uniform(60, 190), 42, (height, width, 3))
        return np.clip(grain, 0, 255).astype(np.uint8)
    cloth = _cloth(random, width, height)
    if scene == "testcard":
        bars = np.repeat(random.integers(0, 256, (1, 12, 3)), 1, axis=0).astype(np.uint8)
        cloth = cv2.resize(bars, (width, height), interpolation=cv2.INTER_NEAREST).astype(np.float64) + cloth / 4
    picture = _objects(random, _exposed(cloth, scene))
    return np.ascontiguousarray(picture)


def _cloth(random: np.random.Generator, width: int, height: int) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    """Add octaves of smooth noise: about 0..255 with detail at every scale."""
    total = np.zeros((height, width, 3))
    for octave in range(2, 9):
        cells = random.random((2**octave // 2 + 2, 2**octave + 2, 3))
        total += cv2.resize(cells, (width, height), interpolation=cv2.INTER_CUBIC) * 0.62 ** (octave - 2)
    return (total - total.min()) / (total.max() - total.min()) * 255


def _exposed(cloth: np.ndarray[tuple[int, ...], np.dtype[np.float64]], scene: Scene) -> Pixels:
    gain, lift = {"night": (0.22, 2), "glare": (0.55, 135)}.get(scene, (1.0, 0))
    return np.clip(cloth * gain + lift, 0, 255).astype(np.uint8)


def _objects(random: np.random.Generator, picture: Pixels) -> Pixels:
    """Lay hulls, crates and ropes into the picture: edges of every direction and brightness."""
    height, width = picture.shape[:2]
    picture = picture.copy()
    for _ in range(26):
        shade = [int(value) for value in np.clip(random.normal(picture.mean(), 60, 3), 0, 255)]
        x, y = int(random.integers(0, width)), int(random.integers(0, height))
        wide, high = int(random.integers(8, width // 5)), int(random.integers(6, height // 5))
        kind = int(random.integers(0, 3))
        if kind == 0:
            cv2.rectangle(picture, (x, y), (x + wide, y + high), shade, -1)
        elif kind == 1:
            cv2.ellipse(picture, (x, y), (wide, high), float(random.integers(0, 180)), 0, 360, shade, -1)
        else:
            cv2.line(picture, (x, y), (x + wide * 2, y - high), shade, 3)
    return picture
