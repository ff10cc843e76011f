"""Ways to prepare a cut-out line of text for the recogniser, which reads some fonts and colours badly as they are."""

from collections.abc import Callable

import cv2
import numpy as np

from quancheng_sidecar.media.clock.text_reader import Picture

type Way = Callable[[Picture], Picture]

_READ_HEIGHT = 64
_LEAST_BLUR = 0.6
_EDGE = 0.12
_RED = 2
"""Index of the channel; a red overlay is dark in grey, and bright in this alone."""


def as_is(crop: Picture) -> Picture:
    """The crop unchanged."""
    return crop


def red(crop: Picture) -> Picture:
    """The red channel alone: for red and yellow text."""
    return _grey(crop[:, :, _RED])


def darkest(crop: Picture) -> Picture:
    """The least of the three channels: white text on coloured ground."""
    return _grey(np.asarray(crop.min(axis=2), np.uint8))


def brightest(crop: Picture) -> Picture:
    """The greatest of the three channels: text of any bright colour on dark ground."""
    return _grey(np.asarray(crop.max(axis=2), np.uint8))


def enlarged(crop: Picture) -> Picture:
    """Grey, at the recogniser's best height."""
    scale = _READ_HEIGHT / crop.shape[0]
    larger = cv2.resize(crop, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC)
    return _grey(np.asarray(cv2.cvtColor(larger, cv2.COLOR_BGR2GRAY), np.uint8))


def blurred(crop: Picture) -> Picture:
    """Softened by a fiftieth of its height: outlines lose weight against strokes, and square pixels become strokes."""
    return np.asarray(cv2.GaussianBlur(crop, (0, 0), max(_LEAST_BLUR, crop.shape[0] / 50)), np.uint8)


def closer(crop: Picture) -> Picture:
    """Without an eighth at its upper and lower edge: letters come larger before the recogniser, and at another scale.

    Narrow letters that stand close run together where a margin makes them small, and a figure that looks like another
    at one scale seldom does at the next.
    """
    margin = round(crop.shape[0] * _EDGE)
    return crop[margin : crop.shape[0] - margin]


def thresholded(crop: Picture) -> Picture:
    """Black and white by Otsu's threshold on the brightest channel: for bright text."""
    return _binary(np.asarray(crop.max(axis=2), np.uint8))


def inverted(crop: Picture) -> Picture:
    """The same on the darkest channel, inverted: for dark text."""
    return _binary(np.asarray(255 - crop.min(axis=2), np.uint8))


FIRST: tuple[Way, ...] = (as_is, blurred, closer, red, brightest, darkest)
"""Ways of which the one that this overlay is read best by is taken for the whole recording."""
SECOND: tuple[Way, ...] = (closer, enlarged, thresholded, inverted, blurred)
"""Ways that are laid over that one, for what it fails to read and for second readings."""


def _grey(channel: Picture) -> Picture:
    return np.asarray(cv2.cvtColor(np.ascontiguousarray(channel), cv2.COLOR_GRAY2BGR), np.uint8)


def _binary(grey: Picture) -> Picture:
    scale = max(1.0, _READ_HEIGHT / grey.shape[0])
    larger = cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC)
    _, binary = cv2.threshold(larger, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    return _grey(np.asarray(binary, np.uint8))
