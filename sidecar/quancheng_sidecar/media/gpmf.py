"""What GoPro cameras write into `udta` of their MP4: the model stands among the settings, the make nowhere else.

GPMF: key (4 bytes), kind (1), size of one (1), number (2, big-endian), values (github.com/gopro/gpmf-parser).
"""

import re

from quancheng_sidecar.media.tag_text import decode

MAKE, MODEL = "gpmf.make", "gpmf.model"
"""Names under which the probe lists what was found."""

MOST_BYTES = 1 << 16
"""Of the box that is looked through."""

_MODEL = re.compile(rb"(?s)MINFc\x01(..)")


def camera_tags(data: bytes) -> dict[str, str]:
    """Read MAKE and MODEL of the settings; nothing where they name no model."""
    match = _MODEL.search(data)
    if match is None:
        return {}
    return {MAKE: "GoPro", MODEL: decode(data[match.end() : match.end() + int.from_bytes(match[1])])}
