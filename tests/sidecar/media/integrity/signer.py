"""A small signer of ONVIF Media Signing for H.264, for the ways of signing that no published clip uses."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa, utils
from cryptography.x509.oid import NameOID

from quancheng_sidecar.media.integrity.coding import ONVIF_SIGNATURE
from quancheng_sidecar.media.nal_units import units

OIDS = {"sha256": "0609608648016503040201", "sha512": "0609608648016503040203"}
KINDS = {"sha256": hashes.SHA256(), "sha512": hashes.SHA512()}
Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


@dataclass(frozen=True)
class Ways:
    """How to sign: with lists of hashes or not, every how many groups, parts of how many units, hashed as escaped."""

    key: Key
    algorithm: str = "sha256"
    listed: bool = True
    every: int = 1
    at_most: int = 10**6
    escaped: bool = False
    certificate_first: bool = False


class Signer:
    """Signs packets of NAL units under 4-byte lengths; a statement stands in the packet behind the group's end."""

    def __init__(self, ways: Ways) -> None:
        self.ways = ways
        self.anchor = bytes(hashlib.new(ways.algorithm).digest_size)
        self.links = [self.anchor, self.anchor]
        self.named: list[bytes] = []
        self.counter = 0
        self.crypto = tlv(4, b"\1\x0b" + bytes.fromhex(OIDS[ways.algorithm]) + b"\0\0\0")
        self.crypto += tlv(6, b"\1\0" + self_signed(ways.key))

    def sign(self, packets: Iterable[bytes]) -> list[bytes]:
        """The packets with statements between them."""
        made: list[bytes] = []
        waiting = [self._sei(self.crypto, flags=0x80)] if self.ways.certificate_first else []
        for data in packets:
            said = b"".join(len(sei).to_bytes(4) + sei for sei, _ in waiting)
            for _, document in waiting:
                self._take(self._hash(document) if document else b"")
            waiting = [one for unit in units(memoryview(data), 4) for one in self._picture(bytes(unit))]
            made.append(said + data)
        return made

    def _picture(self, unit: bytes) -> list[tuple[bytes, bytes]]:
        kind = unit[0] & 31
        if kind not in {1, 5}:
            return []
        ends = bool(self.named) and (kind == 5 or len(self.named) >= self.ways.at_most)
        said = [self._statement(partial=kind != 5)] if ends else []
        own = self._hash(unit)
        self.anchor = own if kind == 5 else self.anchor
        self._take(own if kind == 5 else self._hash(self.anchor + own))
        return said

    def _take(self, value: bytes) -> None:
        if value and not self.named:
            self.links = [self.links[1], value]
        self.named += [value] if value else []

    def _statement(self, *, partial: bool) -> tuple[bytes, bytes]:
        self.counter += 1
        general = b"\2\x19\x0c\0" + bytes([partial]) + (10**17).to_bytes(8) * 2 + self.counter.to_bytes(4)
        general += len(self.named).to_bytes(2) + self._hash(b"".join(self.named)) + self.links[0]
        tags = b"" if self.ways.certificate_first else self.crypto
        tags += tlv(1, general) + (tlv(2, b"\1" + b"".join(self.named)) if self.ways.listed else b"")
        self.named = []
        return self._sei(tags, signed=partial or self.counter % self.ways.every == 0)

    def _sei(self, tags: bytes, *, flags: int = 0, signed: bool = True) -> tuple[bytes, bytes]:
        """The SEI, and what of it is hashed as a unit where it is not signed."""
        room = (80 if isinstance(self.ways.key, ec.EllipticCurvePrivateKey) else 256) if signed else 0
        size = 17 + len(tags) + (6 + room if signed else 0)
        document = b"\6\5" + b"\xff" * (size // 255) + bytes([size % 255]) + ONVIF_SIGNATURE.bytes
        document += bytes([flags | (0x40 if self.ways.escaped else 0)]) + tags
        if not signed:
            whole = document + b"\x80"
            return escape(whole), escape(whole) if self.ways.escaped else whole
        signature = self._signature(self._hash(escape(document) if self.ways.escaped else document))
        value = b"\1" + len(signature).to_bytes(2) + signature.ljust(room, b"\1")
        return escape(document + tlv(3, value) + b"\x80"), b""

    def _signature(self, digest: bytes) -> bytes:
        kind = KINDS[self.ways.algorithm]
        if isinstance(self.ways.key, ec.EllipticCurvePrivateKey):
            return self.ways.key.sign(digest, ec.ECDSA(utils.Prehashed(kind)))
        return self.ways.key.sign(digest, padding.PSS(padding.MGF1(kind), 32), utils.Prehashed(kind))

    def _hash(self, data: bytes) -> bytes:
        return hashlib.new(self.ways.algorithm, data).digest()


def self_signed(key: Key) -> bytes:
    """A certificate for the key, PEM."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "camera")])
    made = x509.CertificateBuilder(name, name, key.public_key(), 7).not_valid_before(datetime(2026, 1, 1, tzinfo=UTC))
    signed = made.not_valid_after(datetime(2036, 1, 1, tzinfo=UTC)).sign(key, hashes.SHA256())
    return signed.public_bytes(serialization.Encoding.PEM)


def tlv(tag: int, value: bytes) -> bytes:
    """Tag, length, value."""
    return bytes([tag]) + len(value).to_bytes(2) + value


def escape(data: bytes) -> bytes:
    """Emulation prevention: a 3 before any byte up to 3 that follows two zeros."""
    made, zeros = bytearray(), 0
    for byte in data:
        if zeros > 1 and byte < 4:
            made.append(3)
            zeros = 0
        made.append(byte)
        zeros = 0 if byte else zeros + 1
    return bytes(made)
