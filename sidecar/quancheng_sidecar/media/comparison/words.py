"""A recording as words of 64 bits with their times: equal words are likely the same content, as in a text search."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from quancheng_sidecar.media.comparison.pdq import Hashes, turned
from quancheng_sidecar.media.comparison.traits import Traits
from quancheng_sidecar.media.comparison.views import INNER, MIDDLE
from quancheng_sidecar.media.sound import STEP_S

Words = npt.NDArray[np.uint64]

_CODED_EACH = 16
_SOUND_EACH = 4
_PICTURE_BITS = 4
"""Of the words of pictures those are chosen in whose mix so many upper bits are zero: one in sixteen."""

_AGAIN_S = 2.0
"""A word that a still picture keeps saying is kept once in so many seconds."""

_BANDS = 8
_PARTS = (MIDDLE, INNER)
"""Views that are kept beside the plain one: the middle outlives captions and logos, the inner part is a common crop."""

_MIX = np.uint64(0x9E3779B97F4A7C15)
"""Words are chosen by the upper bits of this product (Knuth's multiplicative hash): their own are not even."""


class Spoken(NamedTuple):
    """Words (n, uint64) and the second each stands at (n, float32)."""

    words: Words
    at: npt.NDArray[np.float32]


def words_of(traits: Traits, *, asked: bool) -> Spoken:
    """Give the words to look up (`asked`) or to keep of a recording; of each kind only some are kept, chosen by value.

    Both sides choose alike, so what is shared is shared still: of coded frames one in sixteen, of sound one integer in
    four, and of pictures, each in several views cut into eight bands of which a copy keeps some whole, one in sixteen.
    Who asks also asks for the mirror image, and for the picture laid on either side.
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
    views = [seen.views[:, n] for n in (1, *_PARTS)]
    if asked:
        views += [seen.mirrored[:, 1], *(turned(seen.views[:, 1], quarters) for quarters in (1, 3))]
    # A view of one recording may be like another view of the other: all have the same words.
    words = np.concatenate([_salted(_bands(view), 2 + np.arange(_BANDS)) for view in views], axis=1).ravel()
    at = np.repeat(seen.at, len(views) * _BANDS)
    chosen = (words * _MIX) >> np.uint64(64 - _PICTURE_BITS) == 0
    words, at = words[chosen], at[chosen]
    _, first = np.unique(np.stack([words, np.floor(at / _AGAIN_S).astype(np.uint64)]), axis=1, return_index=True)
    return Spoken(words[first], at[first])


def _bands(hashes: Hashes) -> Words:
    """Cut hashes (n, 32 bytes) into bands of 32 bits: (n, 8)."""
    return np.ascontiguousarray(hashes).view(np.uint32).astype(np.uint64)


def _salted(low: Words, salt: int | npt.NDArray[np.int64]) -> Words:
    """Set words of 32 bits apart by kind."""
    return low | np.asarray(salt, np.uint64) << np.uint64(32)
