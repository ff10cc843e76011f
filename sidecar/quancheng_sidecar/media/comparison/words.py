"""A recording as words of 64 bits with their times: equal words are likely the same content, as in a text search."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from quancheng_sidecar.media.comparison.pdq import Hashes
from quancheng_sidecar.media.comparison.traits import Traits
from quancheng_sidecar.media.comparison.views import INNER, MIDDLE
from quancheng_sidecar.media.sound import STEP_S

Words = npt.NDArray[np.uint64]

_CODED_EACH = 16
_SOUND_EACH = 4
_PICTURE_S = 2.0
_BANDS = 8
_PARTS = (MIDDLE, INNER)
"""Views that are kept beside the plain one: the middle outlives captions and logos, the inner part is a common crop."""


class Spoken(NamedTuple):
    """Words (n, uint64) and the second each stands at (n, float32)."""

    words: Words
    at: npt.NDArray[np.float32]


def words_of(traits: Traits, *, asked: bool) -> Spoken:
    """Give the words to look up (`asked`) or to keep of a recording; of each kind only some are kept, chosen by value.

    Both sides choose alike, so what is shared is shared still: of coded frames one in sixteen, of sound one integer in
    four, of pictures one in two seconds in three views, cut into eight bands of which a copy keeps some whole.
    """
    parts = [*_coded(traits), _sound(traits), _pictures(traits, asked=asked)]
    return Spoken(np.concatenate([part.words for part in parts]), np.concatenate([part.at for part in parts]))


def _coded(traits: Traits) -> list[Spoken]:
    kinds = (traits.coded_picture, traits.coded_sound)
    return [Spoken(one.hashes[keep], one.at[keep]) for one in kinds for keep in [one.hashes % _CODED_EACH == 0]]


def _sound(traits: Traits) -> Spoken:
    # A word that stands twice running is a hum; the silence of all recordings is one word.
    changed = np.diff(traits.sound, prepend=traits.sound[:1]) != 0
    keep = changed & (traits.sound % _SOUND_EACH == 0)
    at = traits.sound_start_s + STEP_S * np.flatnonzero(keep)
    return Spoken(_salted(traits.sound[keep].astype(np.uint64), 1), at.astype(np.float32))


def _pictures(traits: Traits, *, asked: bool) -> Spoken:
    seen = traits.pictures
    every = np.arange(len(seen))
    if asked:  # the plain view of all pictures, others of every second
        looks = [(every, seen.views[:, 1])]
        looks += [(every[::2], view) for view in (*(seen.views[:, n] for n in _PARTS), seen.mirrored[:, 1])]
    else:
        kept = every[np.diff(np.floor(seen.at / _PICTURE_S), prepend=-1) > 0]
        looks = [(kept, seen.views[:, n]) for n in (1, *_PARTS)]
    # A view of one recording may be like another view of the other: all have the same words.
    words = [_salted(_bands(hashes[places]), 2 + np.arange(_BANDS)).ravel() for places, hashes in looks]
    at = [np.repeat(seen.at[places], _BANDS) for places, _ in looks]
    return Spoken(np.concatenate(words), np.concatenate(at))


def _bands(hashes: Hashes) -> Words:
    """Cut hashes (n, 32 bytes) into bands of 32 bits: (n, 8)."""
    return np.ascontiguousarray(hashes).view(np.uint32).astype(np.uint64)


def _salted(low: Words, salt: int | npt.NDArray[np.int64]) -> Words:
    """Set words of 32 bits apart by kind."""
    return low | np.asarray(salt, np.uint64) << np.uint64(32)
