"""Signed requests between the sidecar and the plugin: HMAC-SHA256 of `<timestamp>.<body>` (decision 0005)."""

import hashlib
import hmac
import time

TIMESTAMP = "X-Quancheng-Timestamp"
SIGNATURE = "X-Quancheng-Signature"
_SKEW_S = 300
"""A request signed longer ago, or further ahead, than this (s) is refused: it may be a replay."""


def signed_headers(secret: bytes, body: bytes, *, now: float | None = None) -> dict[str, str]:
    """Headers that sign the body as of now (Unix seconds)."""
    timestamp = str(int(time.time() if now is None else now))
    return {TIMESTAMP: timestamp, SIGNATURE: _signature(secret, timestamp, body)}


def is_signed(secret: bytes, body: bytes, *, timestamp: str, signature: str) -> bool:
    """Whether both headers fit the body and the time; compared in constant time."""
    if not (timestamp.isascii() and timestamp.isdecimal()) or abs(time.time() - int(timestamp)) > _SKEW_S:
        return False
    return hmac.compare_digest(_signature(secret, timestamp, body).encode(), signature.encode())


def _signature(secret: bytes, timestamp: str, body: bytes) -> str:
    return "sha256=" + hmac.new(secret, timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()
