"""What one SEI of ONVIF Media Signing says: tags, lengths and values, and the bytes that its signature covers.

Source: ONVIF Media Signing Specification (24.12 and 25.12) as its reference framework writes it (onvif.org,
media-signing-framework, MIT). The format: user data by UUID, a byte of flags, then tag (1 byte), length (2 bytes,
big-endian), value; the signature stands last and covers everything before it, NAL unit header included.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from quancheng_sidecar.media.integrity.coding import ONVIF_SIGNATURE, ff_coded
from quancheng_sidecar.media.nal_units import unescaped

_USER_DATA = 5
_UUID = 16
_GENERAL, _HASHES, _SIGNATURE, _CRYPTO, _VENDOR, _CERTIFICATES, _FREE = range(1, 8)
_CERTIFICATE_ONLY, _ESCAPED = 0x80, 0x40
_VERSIONS = {
    _GENERAL: {1, 2},
    _HASHES: {1},
    _SIGNATURE: {1},
    _CRYPTO: {1},
    _VENDOR: {1},
    _CERTIFICATES: {1},
    _FREE: {1},
}
_WITH_END = 2
_ALGORITHMS = {
    bytes.fromhex("0609608648016503040201"): "sha256",
    bytes.fromhex("0609608648016503040202"): "sha384",
    bytes.fromhex("0609608648016503040203"): "sha512",
}
"""Object identifiers in DER, as the crypto tag carries them."""


class UnreadableStatement(Exception):
    """The SEI is one of ONVIF Media Signing and breaks its form, or is of a version not known here."""


@dataclass(frozen=True)
class Group:
    """What a statement says of one group of pictures, or part of one.

    `counter` numbers groups from 1; `started` and `ended` are UTC in 100 ns since 1601; `units` counts the NAL units
    hashed; `linked_hash` is the hash of the first unit of the group before.
    """

    counter: int
    partial: bool
    started: int
    ended: int
    units: int
    group_hash: bytes
    linked_hash: bytes


@dataclass(frozen=True)
class Vendor:
    """The device by its own words."""

    firmware: str = ""
    serial: str = ""
    maker: str = ""


@dataclass(frozen=True)
class Statement:
    """One SEI: `document` are the bytes that are hashed and signed (whole, where no signature follows).

    `hashes` is the joined list of unit hashes, empty where none is sent; `algorithm` and `chain` (PEM, leaf first)
    are None where this SEI does not repeat them. `certificate_only` statements tell of no pictures.
    """

    document: bytes
    certificate_only: bool
    signature: bytes | None = None
    group: Group | None = None
    hashes: bytes = b""
    algorithm: str | None = None
    chain: bytes | None = None
    vendor: Vendor | None = None


def statement_of(unit: bytes, header: int) -> Statement | None:
    """Read a SEI NAL unit without start code and trailing zeros; `header` is its header's length (1 or 2).

    None where it is another SEI. Raises UnreadableStatement.
    """
    plain, escapes = _plain(unit, header)
    if plain[header : header + 1] != bytes([_USER_DATA]):
        return None
    size, begin = ff_coded(plain, header + 1)
    if plain[begin : begin + _UUID] != ONVIF_SIGNATURE.bytes:
        return None
    end, flags_at = begin + size, begin + _UUID
    if end > len(plain) or flags_at >= end:
        raise UnreadableStatement("cut short")
    flags = plain[flags_at]
    values = dict(_values(plain, flags_at + 1, end))
    signed_to = values[_SIGNATURE][0] if _SIGNATURE in values else len(plain)
    kept = bool(flags & _ESCAPED) and escapes
    document = unit[: _escaped_offset(unit, signed_to)] if kept else plain[:signed_to]
    certificate_only = bool(flags & _CERTIFICATE_ONLY)
    return _statement(document, {tag: value for tag, (_, value) in values.items()}, certificate_only=certificate_only)


def stated_end(data: bytes, begin: int, header: int) -> int:
    """Where the SEI at `begin` ends at the earliest, by the size it states; `begin` for any other unit."""
    if data[begin + header : begin + header + 1] != bytes([_USER_DATA]):
        return begin
    size, at = ff_coded(data, begin + header + 1)
    return at + size if data[at : at + _UUID] == ONVIF_SIGNATURE.bytes else begin


def _plain(unit: bytes, header: int) -> tuple[bytes, bool]:
    """The unit without emulation prevention (H.264 § 7.4.1, H.265 § 7.4.2), and whether it has any.

    Not all signers escape what they write: the stated size tells.
    """
    stop = unit[-1:] == b"\x80"
    if len(unit) - stated_end(unit, 0, header) - stop <= 0:
        return unit, False
    return unescaped(unit), True


def _values(data: bytes, at: int, end: int) -> Iterator[tuple[int, tuple[int, bytes]]]:
    """Tags with the place where each begins and its value."""
    while at < end:
        tag, length = data[at], int.from_bytes(data[at + 1 : at + 3])
        if at + 3 + length > end or length == 0 or data[at + 3] not in _VERSIONS.get(tag, ()):
            raise UnreadableStatement(f"tag {tag}")
        yield tag, (at, data[at + 4 : at + 3 + length]) if tag != _GENERAL else (at, data[at + 3 : at + 3 + length])
        at += 3 + length


def _statement(document: bytes, values: dict[int, bytes], *, certificate_only: bool) -> Statement:
    chain = values.get(_CERTIFICATES)
    return Statement(
        document=document,
        certificate_only=certificate_only,
        signature=_signature(values[_SIGNATURE]) if _SIGNATURE in values else None,
        group=_group(values[_GENERAL]) if _GENERAL in values else None,
        hashes=values.get(_HASHES, b""),
        algorithm=_algorithm(values[_CRYPTO]) if _CRYPTO in values else None,
        chain=chain[1:] if chain else None,  # a flag for keys of the user stands before it
        vendor=_vendor(values[_VENDOR]) if _VENDOR in values else None,
    )


def _group(value: bytes) -> Group:
    """Version, version of the signer (3 bytes), partial, start, end (from version 2 on), counter, units, two hashes."""
    with_end = value[0] >= _WITH_END
    fixed = 27 if with_end else 19
    hashes = value[fixed:]
    if len(hashes) not in {2 * 32, 2 * 48, 2 * 64}:
        raise UnreadableStatement("length of hashes")
    times = [int.from_bytes(value[at : at + 8], signed=True) for at in ((5, 13) if with_end else (5, 5))]
    half = len(hashes) // 2
    return Group(
        counter=int.from_bytes(value[fixed - 6 : fixed - 2]),
        partial=bool(value[4]),
        started=times[0],
        ended=times[1],
        units=int.from_bytes(value[fixed - 2 : fixed]),
        group_hash=hashes[:half],
        linked_hash=hashes[half:],
    )


def _signature(value: bytes) -> bytes:
    size = int.from_bytes(value[:2])
    if size > len(value) - 2:
        raise UnreadableStatement("length of signature")
    return value[2 : 2 + size]


def _algorithm(value: bytes) -> str:
    named = _ALGORITHMS.get(value[1 : 1 + value[0]]) if value else None
    if named is None:
        raise UnreadableStatement("hash algorithm")
    return named


def _vendor(value: bytes) -> Vendor:
    texts, at = [], 0
    for _ in range(3):
        size = value[at] if at < len(value) else 0
        texts.append(value[at + 1 : at + 1 + size].decode("utf-8", "replace").strip("\0 "))
        at += 1 + size
    return Vendor(*texts)


def _escaped_offset(unit: bytes, plain: int) -> int:
    """Where a place of the unescaped bytes lies in the unit itself."""
    at, removed = 0, 0
    while (found := unit.find(b"\0\0\3", at)) >= 0 and found + 2 - removed < plain:
        removed += 1
        at = found + 3
    return plain + removed
