"""The key that signs the custody log's checkpoints: made on first use, never replaced by itself."""

import os
import secrets
from contextlib import suppress
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from quancheng_plugin.errors import QuanchengError
from quancheng_sidecar.core.signed_note import SigningKey, VerifierKey, check_name
from quancheng_sidecar.settings import Settings


class LogKeyMissing(QuanchengError):
    """Checkpoints were signed before, but the key is gone or unreadable."""

    code = "QC-LOG-KEY-MISSING"


class OriginChanged(QuanchengError):
    """`QUANCHENG_LOG_ORIGIN` is not the name under which the log was begun."""

    code = "QC-LOG-ORIGIN"


def signing_key(settings: Settings, *, may_make: bool) -> SigningKey:
    """The log's key. With `may_make` a first one is made; two processes that do so at once end with the same.

    Raises `LogKeyMissing`, `OriginChanged`, `KeyMalformed` (the origin cannot be a key's name).
    """
    private = _private_file(settings)
    if not private.exists():
        if not may_make:
            raise _missing(private)
        check_name(settings.log_origin)
        made = Ed25519PrivateKey.generate()
        _write_once(private, made.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    try:
        loaded = load_pem_private_key(private.read_bytes(), password=None)
    except (OSError, ValueError) as error:
        raise _missing(private) from error
    if not isinstance(loaded, Ed25519PrivateKey):
        raise _missing(private)
    key = SigningKey(settings.log_origin, loaded)
    public = vkey_file(settings)
    if not public.exists():
        _write_once(public, f"{key.verifier}\n".encode())
    known = verifier_key(settings)
    if known is not None and known.name != settings.log_origin:
        raise OriginChanged(
            zh=f"日志名称已由“{known.name}”改为“{settings.log_origin}”，不能再签署。请把 QUANCHENG_LOG_ORIGIN 改回。",
            en=f"The log was begun as {known.name!r}, not {settings.log_origin!r}. Set QUANCHENG_LOG_ORIGIN back.",
        )
    if known != key.verifier:
        raise _missing(private)
    return key


def verifier_key(settings: Settings) -> VerifierKey | None:
    """The public key beside the private one, None before the first checkpoint. Raises `KeyMalformed`."""
    try:
        return VerifierKey.parse(vkey_file(settings).read_text(encoding="utf-8", errors="replace"))
    except FileNotFoundError:
        return None


def vkey_file(settings: Settings) -> Path:
    """Where the public key stands, as one line of text to be given to whoever checks proofs."""
    return settings.home / "keys" / "custody-log.vkey"


def _private_file(settings: Settings) -> Path:
    return settings.home / "keys" / "custody-log.pem"


def _write_once(path: Path, content: bytes) -> None:
    """Write a file whole and durably unless it is already there; only its owner may read it."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    unfinished = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    handle = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        with suppress(FileExistsError):
            os.link(unfinished, path)
    finally:
        unfinished.unlink()
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _missing(path: Path) -> LogKeyMissing:
    return LogKeyMissing(
        zh=f"保管日志的签名密钥缺失或不可用（{path}）。请从备份恢复 keys 文件夹；不要另造新密钥。",
        en=f"The custody log's key is missing or unusable ({path}). Restore the keys folder; make no new key.",
    )
