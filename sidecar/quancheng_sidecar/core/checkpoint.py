"""Checkpoints of the custody log (c2sp.org/tlog-checkpoint): a signed statement of its size and root."""

import base64
from collections.abc import Sequence
from dataclasses import dataclass

from quancheng_sidecar.core.merkle import HASH_BYTES
from quancheng_sidecar.core.signed_note import NoteInvalid, SigningKey, VerifierKey, open_note, sign

_LEAST_LINES = 3


@dataclass(frozen=True)
class TreeHead:
    """Size (number of events) and root hash of the log named `origin`."""

    origin: str
    size: int
    root: bytes

    def text(self) -> str:
        """The three lines that are signed."""
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"


def issue(head: TreeHead, key: SigningKey) -> str:
    """The signed checkpoint of a tree head."""
    return sign(head.text(), key)


def open_checkpoint(note: str, keys: Sequence[VerifierKey], origin: str | None = None) -> TreeHead:
    """The tree head that one of `keys` signed, of the log `origin` when given. Raises `NoteInvalid`.

    Extension lines are allowed by the format and not looked at.
    """
    head = _parse(open_note(note, keys))
    if origin is not None and head.origin != origin:
        raise _malformed(f"it is of the log {head.origin}, not {origin}")
    return head


def _parse(text: str) -> TreeHead:
    lines = text.removesuffix("\n").split("\n")
    if len(lines) < _LEAST_LINES or not all(lines):
        raise _malformed("it has fewer than three lines, or an empty one")
    origin, size, encoded = lines[:_LEAST_LINES]
    if not (size.isascii() and size.isdecimal()) or str(int(size)) != size:
        raise _malformed("its size is no decimal number")
    try:
        root = base64.b64decode(encoded, validate=True)
    except ValueError as error:
        raise _malformed("its root is not Base64") from error
    if len(root) != HASH_BYTES:
        raise _malformed("its root is not a SHA-256 hash")
    return TreeHead(origin, int(size), root)


def _malformed(why: str) -> NoteInvalid:
    return NoteInvalid(
        zh=f"不是有效的日志检查点（{why}）。请确认文件完整，并属于这本日志。",
        en=f"Not a checkpoint of the log: {why}. Check that the file is whole and belongs to this log.",
    )
