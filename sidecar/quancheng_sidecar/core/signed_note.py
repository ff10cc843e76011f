"""Signed notes of C2SP (c2sp.org/signed-note): text signed with Ed25519, and the keys that sign and check it."""

import base64
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from quancheng_plugin.errors import QuanchengError

_ED25519 = b"\x01"
_KEY_ID_BYTES = 4
_MAX_NOTE = 1 << 20


class NoteInvalid(QuanchengError):
    """A note is malformed, or no known key signed it as it stands."""

    code = "QC-LOG-NOTE"


class KeyMalformed(QuanchengError):
    """A key's name or text is not of the form that C2SP gives."""

    code = "QC-LOG-KEY"


@dataclass(frozen=True)
class VerifierKey:
    """What checks a signature: the key's name and its 32 public bytes."""

    name: str
    public: bytes

    def __post_init__(self) -> None:
        check_name(self.name)

    @property
    def id(self) -> bytes:
        """First four bytes of SHA-256(name || 0x0A || 0x01 || public key)."""
        return hashlib.sha256(self.name.encode() + b"\n" + _ED25519 + self.public).digest()[:_KEY_ID_BYTES]

    def __str__(self) -> str:
        """The vkey text that tools of transparency logs read: name, identifier and key, joined by plus signs."""
        return f"{self.name}+{self.id.hex()}+{base64.b64encode(_ED25519 + self.public).decode()}"

    @classmethod
    def parse(cls, text: str) -> "VerifierKey":
        """Read a vkey text. Raises `KeyMalformed`."""
        try:
            name, identifier, encoded = text.strip().split("+", 2)
            raw = base64.b64decode(encoded, validate=True)
            key = cls(name, raw[1:])
            Ed25519PublicKey.from_public_bytes(key.public)
        except ValueError as error:
            raise _malformed_key(text) from error
        if raw[:1] != _ED25519 or key.id.hex() != identifier:
            raise _malformed_key(text)
        return key


@dataclass(frozen=True)
class SigningKey:
    """A named Ed25519 key that signs notes."""

    name: str
    private: Ed25519PrivateKey

    @property
    def verifier(self) -> VerifierKey:
        """The key that checks what this one signs."""
        return VerifierKey(self.name, self.private.public_key().public_bytes_raw())


def check_name(name: str) -> None:
    """Refuse a key name that is empty or holds spaces, plus signs or control characters. Raises `KeyMalformed`."""
    if not name or "+" in name or not name.isprintable() or any(character.isspace() for character in name):
        raise KeyMalformed(
            zh=f"日志名称“{name}”不能用：不得为空，不得含空格或加号。请改 QUANCHENG_LOG_ORIGIN。",
            en=f"The log name {name!r} cannot be used: no spaces or plus signs. Change QUANCHENG_LOG_ORIGIN.",
        )


def sign(text: str, key: SigningKey) -> str:
    """The note of that text (which ends in a newline), signed by `key`. Raises `NoteInvalid`."""
    _check_text(text)
    signature = base64.b64encode(key.verifier.id + key.private.sign(text.encode())).decode()
    return f"{text}\n— {key.name} {signature}\n"


def open_note(note: str, keys: Sequence[VerifierKey]) -> str:
    """The text of a note that one of `keys` signed; signatures of other keys are ignored. Raises `NoteInvalid`."""
    text, signatures = _split(note)
    known = {(key.name, key.id): key for key in keys}
    good = False
    for name, raw in signatures:
        key = known.get((name, raw[:_KEY_ID_BYTES]))
        if key is None:
            continue
        try:
            Ed25519PublicKey.from_public_bytes(key.public).verify(raw[_KEY_ID_BYTES:], text.encode())
        except InvalidSignature as error:
            raise _invalid(f"the signature of {name} does not fit the text") from error
        good = True
    if not good:
        raise _invalid("none of the known keys signed it")
    return text


def _split(note: str) -> tuple[str, list[tuple[str, bytes]]]:
    text, separator, block = note.rpartition("\n\n")
    if not separator or not block.endswith("\n") or len(note) > _MAX_NOTE:
        raise _invalid("it is not text, an empty line and signatures")
    _check_text(text + "\n")
    return text + "\n", [_signature(line) for line in block[:-1].split("\n")]


def _signature(line: str) -> tuple[str, bytes]:
    try:
        dash, name, encoded = line.split(" ")
        check_name(name)
        raw = base64.b64decode(encoded, validate=True)
    except (ValueError, KeyMalformed) as error:
        raise _invalid("a signature line is malformed") from error
    if dash != "—" or len(raw) <= _KEY_ID_BYTES:
        raise _invalid("a signature line is malformed")
    return name, raw


def _check_text(text: str) -> None:
    if not text.endswith("\n") or any(character < " " and character != "\n" for character in text):
        raise _invalid("its text lacks the last newline or holds control characters")
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise _invalid("it is not valid UTF-8") from error


def _invalid(why: str) -> NoteInvalid:
    return NoteInvalid(
        zh=f"检查点签名不成立（{why}）。请确认文件完整，并使用该日志的公钥。",
        en=f"The signed note does not hold: {why}. Check that it is whole and that the log's own key is used.",
    )


def _malformed_key(text: str) -> KeyMalformed:
    return KeyMalformed(
        zh=f"不是有效的日志公钥：{text[:80]}。应为“名称+编号+公钥”一行文字。",
        en=f"Not a verifier key: {text[:80]!r}. It is one line of name, identifier and key joined by plus signs.",
    )
