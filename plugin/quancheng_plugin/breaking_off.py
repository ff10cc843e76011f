"""Pictures that break off: Pillow's one switch for them, set by one thread at a time."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from PIL import ImageFile

_SWITCH = threading.RLock()


@contextmanager
def breaking_off(*, allowed: bool) -> Iterator[None]:
    """Whether Pillow keeps the rows that are there when a file breaks off, or raises.

    Pillow has one switch for the process, and WeasyPrint leaves it on: it is set for each decoding, by one thread at a
    time, so that a broken picture is judged the same whatever else runs.
    """
    with _SWITCH:
        before, ImageFile.LOAD_TRUNCATED_IMAGES = ImageFile.LOAD_TRUNCATED_IMAGES, allowed
        try:
            yield
        finally:
            ImageFile.LOAD_TRUNCATED_IMAGES = before
