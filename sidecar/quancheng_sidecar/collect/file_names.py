"""Names of files as people and folders can have them: readable text, and no longer than a folder takes."""

import os
from hashlib import sha256
from pathlib import Path

_NAME_LENGTH = 512
"""Characters of a file's name that the database keeps: more than any name has, but for one of escaped bytes."""


def readable_name(path: Path) -> str:
    """The file's name as text on one line: GBK names from memory cards are read as such, odd signs are escaped."""
    return "".join(sign if sign.isprintable() else ascii(sign)[1:-1] for sign in _name_as_text(path))


def _name_as_text(path: Path) -> str:
    try:
        return path.name.encode("utf-8", "surrogateescape").decode("utf-8")
    except UnicodeDecodeError:
        raw = os.fsencode(path.name)
    try:
        return raw.decode("gb18030")
    except UnicodeDecodeError:
        return raw.decode("utf-8", "backslashreplace")[:_NAME_LENGTH]


def fit_name(name: str, ending: str = "") -> str:
    """A file's name with an ending, cut before the ending to what a folder takes (255 bytes); never the same for two.

    Surrogates stand for bytes that are no text, as Python gives them.
    """
    whole, most = os.fsencode(name + ending), 255
    if len(whole) <= most:
        return name + ending
    ending = f"…{sha256(whole).hexdigest()[:8]}{ending}"
    kept = os.fsencode(name)[: most - len(os.fsencode(ending))]
    return kept.decode("utf-8", "ignore") + ending
