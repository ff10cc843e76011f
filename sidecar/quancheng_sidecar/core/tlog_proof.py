"""Proofs that an event stands in the custody log, to be checked anywhere without the log (c2sp.org/tlog-proof)."""

import base64
from collections.abc import Sequence

from pydantic import BaseModel, ConfigDict

from quancheng_sidecar.core.checkpoint import TreeHead, open_checkpoint
from quancheng_sidecar.core.merkle import ProofInvalid, leaf_hash, verify_consistency, verify_inclusion
from quancheng_sidecar.core.signed_note import VerifierKey

_FIRST_LINE = "c2sp.org/tlog-proof@v1"
_LONGEST_PATH = 64
"""A tree of 2^64 leaves has no longer path; more lines are an attack on the reader."""


class InclusionProof(BaseModel):
    """That `event`, the canonical JSON of one act, is leaf `index` of the tree of `size` events.

    `leaf`, `root` and `path` are SHA-256 hashes in Base64, `path` from the leaf's sibling up; `checkpoint` is the
    signed note of size and root; `vkey` is the key that the log itself names: whoever checks takes the key from a
    source of their own.
    """

    model_config = ConfigDict(frozen=True)

    event_id: str
    event: str
    index: int
    size: int
    leaf: str
    root: str
    path: tuple[str, ...]
    checkpoint: str
    vkey: str

    def text(self) -> str:
        """The tlog-proof text; its `extra` line holds the event, so that the text stands alone."""
        return write_proof(self.index, self.path, self.checkpoint, extra=self.event.encode())


class ConsistencyProof(BaseModel):
    """That the log of the later checkpoint begins with that of the earlier one; hashes in Base64."""

    model_config = ConfigDict(frozen=True)

    old_size: int
    new_size: int
    path: tuple[str, ...]
    old_checkpoint: str
    new_checkpoint: str


class ParsedProof(BaseModel):
    """A tlog-proof text taken apart; nothing in it is proven yet. `extra` is never authenticated by itself."""

    model_config = ConfigDict(frozen=True)

    index: int
    path: tuple[bytes, ...]
    checkpoint: str
    extra: bytes | None


def write_proof(index: int, path: Sequence[str], checkpoint: str, *, extra: bytes | None = None) -> str:
    """The text of c2sp.org/tlog-proof; `path` in Base64."""
    lines = [_FIRST_LINE]
    if extra is not None:
        lines.append(f"extra {base64.b64encode(extra).decode()}")
    return "\n".join([*lines, f"index {index}", *path, "", checkpoint])


def parse_proof(text: str) -> ParsedProof:
    """Take a tlog-proof text apart. Raises `ProofInvalid` when it is not of that form."""
    head, separator, checkpoint = text.partition("\n\n")
    lines = head.split("\n")
    if not separator or lines.pop(0) != _FIRST_LINE:
        raise _malformed("it does not begin as the format says")
    try:
        extra = _base64(lines.pop(0).removeprefix("extra ")) if lines and lines[0].startswith("extra ") else None
        name, _, index = lines.pop(0).partition(" ") if lines else ("", "", "")
        if name != "index" or not (index.isascii() and index.isdecimal()) or str(int(index)) != index:
            raise _malformed("its index is missing or no decimal number")
        if len(lines) > _LONGEST_PATH:
            raise _malformed("its path is longer than any tree is high")
        path = tuple(_base64(line) for line in lines)
    except ValueError as error:
        raise _malformed("a line is not Base64") from error
    return ParsedProof(index=int(index), path=path, checkpoint=checkpoint, extra=extra)


def verify_proof(text: str, keys: Sequence[VerifierKey], entry: bytes | None = None) -> tuple[TreeHead, bytes]:
    """Check a tlog-proof without the log; gives the tree head and the proven event (canonical JSON bytes).

    Steps: the checkpoint is signed by one of `keys`; the event's leaf hash (RFC 6962) with the path leads to its
    root. `entry` is the event when the asker has it, else the proof's own `extra` line is what gets proven.
    Not checked: that the log was not later presented differently to others (compare checkpoints), and when the
    act took place (the event's time is the log's own claim). Raises `ProofInvalid`, `NoteInvalid`.
    """
    proof = parse_proof(text)
    proven = entry if entry is not None else proof.extra
    if proven is None:
        raise _malformed("it carries no event, and none was given")
    head = open_checkpoint(proof.checkpoint, keys)
    verify_inclusion(proof.index, head.size, leaf_hash(proven), proof.path, head.root)
    return head, proven


def verify_checkpoints(proof: ConsistencyProof, keys: Sequence[VerifierKey]) -> tuple[TreeHead, TreeHead]:
    """Check that one checkpoint's log continues another's; gives both heads. Raises `ProofInvalid`, `NoteInvalid`."""
    old, new = open_checkpoint(proof.old_checkpoint, keys), open_checkpoint(proof.new_checkpoint, keys)
    if old.origin != new.origin:
        raise _malformed("the checkpoints are of different logs")
    try:
        path = [_base64(step) for step in proof.path]
    except ValueError as error:
        raise _malformed("a step is not Base64") from error
    verify_consistency(old.size, new.size, path, old.root, new.root)
    return old, new


def _base64(line: str) -> bytes:
    return base64.b64decode(line, validate=True)


def _malformed(why: str) -> ProofInvalid:
    return ProofInvalid(
        zh=f"不是有效的日志证明（{why}）。请确认文件完整。",
        en=f"Not a proof of the log: {why}. Check that the file is whole.",
    )
