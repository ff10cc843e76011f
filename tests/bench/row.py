"""One line of the table of speeds."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """What was measured: seconds of ours and of the peer, their ratio, the target in words, and a note."""

    name: str
    ours_s: float
    peer_s: float | None
    ratio: float | None
    target: str
    note: str
