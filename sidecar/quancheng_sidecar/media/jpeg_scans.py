"""How many scans a JPEG has: each is a pass over all its pixels, and a few bytes are enough to ask for one."""

import mmap
import re
from pathlib import Path

_START_OF_SCAN, _END_OF_IMAGE = 0xDA, 0xD9
_ALONE = frozenset({0x01, 0xD8})
# Inside coded data FF is followed by 00 or a restart; FF may also fill up before a marker (ITU-T T.81 § B.1.1).
_MARKER = re.compile(rb"\xff([^\x00\xd0-\xd7\xff])")


def scans_of(path: Path, *, most: int) -> int:
    """Count the scans of a JPEG up to its end of image, and no further than one beyond `most`.

    What devices append behind the image (a film, further pictures) does not count.
    """
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        count, at = 0, 2
        while count <= most and (found := _MARKER.search(data, at)):
            kind, at = found[1][0], found.end()
            if kind == _END_OF_IMAGE:
                break
            count += kind == _START_OF_SCAN
            if kind not in _ALONE:
                at += int.from_bytes(data[at : at + 2])
        return count
