"""The verdict on a video's ONVIF media signature, and what a report says of it."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes

from quancheng_plugin.errors import UnreadableInput
from quancheng_plugin.findings import Finding, Severity
from quancheng_plugin.sentence import Sentence
from quancheng_sidecar.media.integrity.onvif_sei import Vendor
from quancheng_sidecar.media.integrity.onvif_units import SignedStream, read_signed
from quancheng_sidecar.media.integrity.onvif_verify import Verified, runs, verify
from quancheng_sidecar.media.report import MediaSignature, SignatureVerdict, Stream

_EPOCH = datetime(1601, 1, 1, tzinfo=UTC)
_FIRST_YEAR = 2000
_LEAST_TELLING = 2
"""Statements that find none of their units: one may belong to what was cut off before, two do not."""
_VERDICTS = {
    SignatureVerdict.OK: ("有效", "OK"),
    SignatureVerdict.OK_WITH_MISSING: ("有效，但缺少部分画面", "OK with missing information"),
    SignatureVerdict.NOT_OK: ("不符", "not OK"),
    SignatureVerdict.NOT_FEASIBLE: ("无法验证", "not feasible"),
}


def verify_signature(path: Path, container: str, video: Stream) -> MediaSignature:
    """Verify the ONVIF media signature of a recording's leading video; `path` is read once more.

    Nothing is raised: what cannot be read gives `not-feasible`.
    """
    try:
        stream = read_signed(path, container, video)
    except UnreadableInput:
        return MediaSignature(verdict=SignatureVerdict.NOT_FEASIBLE)
    return outcome(stream, verify(stream))


def outcome(stream: SignedStream, found: Verified) -> MediaSignature:
    """Put what was verified into figures."""
    vendor = next((p.statement.vendor for p in stream.placed if p.statement and p.statement.vendor), Vendor())
    leaf = found.keys[0] if found.keys else None
    unvouched = found.not_valid
    trusted = [claim.group for claim in found.claims if claim.trusted and claim.matched]
    return MediaSignature(
        verdict=_verdict(stream, found, len(unvouched)),
        units=len(stream.hashes),
        valid=sum(found.valid),
        not_valid=len(unvouched),
        missing=found.missing,
        pending=len(stream.hashes) - found.pending_from,
        added=found.added,
        moved=found.moved,
        gaps=found.gaps,
        broken=found.broken,
        uncovered=stream.uncovered,
        not_valid_at=tuple((stream.times[a], stream.times[b]) for a, b in runs(unvouched)[:_MOST_TOLD]),
        maker=vendor.maker or None,
        serial=vendor.serial or None,
        firmware=vendor.firmware or None,
        signed_from=_instant(trusted[0].started) if trusted else None,
        signed_until=_instant(trusted[-1].ended) if trusted else None,
        certificate=_named(leaf) if leaf else None,
        certificate_sha256=f"sha256:{leaf.fingerprint(hashes.SHA256()).hex()}" if leaf else None,
        certificates_differ=len(found.keys) > 1,
        chain_holds=found.chain_holds,
    )


_MOST_TOLD = 24


def _verdict(stream: SignedStream, found: Verified, unvouched: int) -> SignatureVerdict:
    """The verdict by the rules: anything not vouched for is NOT OK, gone units alone leave it OK with missing info."""
    if not found.keys or not stream.whole or not found.claims:
        return SignatureVerdict.NOT_FEASIBLE
    if not any(found.valid):
        telling = sum(claim.trusted for claim in found.claims) >= _LEAST_TELLING or found.broken
        return SignatureVerdict.NOT_OK if telling else SignatureVerdict.NOT_FEASIBLE
    if unvouched or found.gaps or found.broken or len(found.keys) > 1:
        return SignatureVerdict.NOT_OK
    return SignatureVerdict.OK_WITH_MISSING if found.missing else SignatureVerdict.OK


def signature_finding(signed: MediaSignature) -> Finding:
    """What a report says of it; high only where whole pictures were put in or moved, which no damage does."""
    zh, en = _VERDICTS[signed.verdict]
    return Finding(
        code="onvif-signature",
        severity=_severity(signed),
        at=signed.not_valid_at[0][0] if signed.not_valid_at else None,
        sentence=Sentence(
            zh=f"画面带有ONVIF媒体签名，按其规范验证：{zh}。{_told_zh(signed)}"
            f"{_by_zh(signed)}未核对：证书是否出自厂商、是否已吊销；声音不在签名之内。",
            en=f"The video carries an ONVIF media signature, verified by its rules: {en}. {_told_en(signed)}"
            f"{_by_en(signed)}Not checked: whether the certificate is the maker's or was revoked; sound is not signed.",
        ),
        figures={
            "verdict": signed.verdict,
            "units": signed.units,
            "valid": signed.valid,
            "not_valid": signed.not_valid,
            "missing": signed.missing,
            "pending": signed.pending,
            "added": signed.added,
            "moved": signed.moved,
            "gaps": signed.gaps,
            "broken": signed.broken,
        },
    )


def _severity(signed: MediaSignature) -> Severity:
    if signed.verdict is SignatureVerdict.NOT_OK:
        return Severity.HIGH if signed.added or signed.moved else Severity.MEDIUM
    if signed.verdict is SignatureVerdict.OK_WITH_MISSING:
        return Severity.MEDIUM
    return Severity.INFO


def _told_zh(signed: MediaSignature) -> str:
    if signed.verdict is SignatureVerdict.NOT_FEASIBLE:
        return "没有可用的签名、证书，或其格式、版本不受支持，不能据此说明什么。"
    parts = [f"{signed.units}个编码单元中{signed.valid}个与签名一致"]
    if signed.not_valid:
        places = "、".join(f"{a:.1f}–{b:.1f}秒" for a, b in signed.not_valid_at[:_MOST_NAMED])
        parts.append(
            f"{signed.not_valid}个没有签名可证（{places}），画面被改动、插入、调换，存储损坏或缺少签名都会如此"
        )
    parts += [f"缺少{signed.missing}个已签名的单元，传输丢失或被删去都会如此"] * bool(signed.missing)
    parts += [f"多出{signed.added}个未曾签名的单元"] * bool(signed.added)
    parts += [f"{signed.moved}个单元不在原来的位置"] * bool(signed.moved)
    parts += [f"签名的编号或链接有{signed.gaps}处不连续"] * bool(signed.gaps)
    parts += [f"{signed.broken}个签名本身不对"] * bool(signed.broken)
    parts += ["签名证书中途更换"] * signed.certificates_differ
    parts += [f"末尾{signed.pending}个单元的签名尚未写入（停止录制时常如此）"] * bool(signed.pending)
    return "；".join(parts) + "。"


def _told_en(signed: MediaSignature) -> str:
    if signed.verdict is SignatureVerdict.NOT_FEASIBLE:
        return "No usable signature or certificate, or a form or version not known here: nothing follows. "
    parts = [f"Of {signed.units} coded units {signed.valid} agree with it"]
    if signed.not_valid:
        places = ", ".join(f"{a:.1f}–{b:.1f} s" for a, b in signed.not_valid_at[:_MOST_NAMED])
        parts.append(
            f"{signed.not_valid} are not vouched for ({places}): changing, adding or swapping pictures, damage, or a"
            " lost signature leaves this"
        )
    parts += [f"{signed.missing} signed units are missing: lost on the way, or removed"] * bool(signed.missing)
    parts += [f"{signed.added} units were never signed there"] * bool(signed.added)
    parts += [f"{signed.moved} units stand elsewhere than signed"] * bool(signed.moved)
    parts += [f"signatures are not in sequence at {signed.gaps} place(s)"] * bool(signed.gaps)
    parts += [f"{signed.broken} signatures are wrong themselves"] * bool(signed.broken)
    parts += ["the signing certificate changes on the way"] * signed.certificates_differ
    parts += [f"the last {signed.pending} units are not signed yet, as when recording stops"] * bool(signed.pending)
    return "; ".join(parts) + ". "


_MOST_NAMED = 4


def _by_zh(signed: MediaSignature) -> str:
    if signed.certificate is None:
        return ""
    told = [f"签名证书：{signed.certificate}"]
    told += [f"设备自称{' '.join(_device(signed))}"] * bool(_device(signed))
    told += ["所带证书之间不能逐级验证"] * (not signed.chain_holds)
    return "；".join(told) + "。"


def _by_en(signed: MediaSignature) -> str:
    if signed.certificate is None:
        return ""
    told = [f"Certificate: {signed.certificate}"]
    told += [f"the device calls itself {' '.join(_device(signed))}"] * bool(_device(signed))
    told += ["the certificates sent do not issue one another"] * (not signed.chain_holds)
    return "; ".join(told) + ". "


def _device(signed: MediaSignature) -> Sequence[str]:
    return [part for part in (signed.maker, signed.serial, signed.firmware) if part]


def _named(leaf: x509.Certificate) -> str:
    return leaf.subject.rfc4514_string()


def _instant(ticks: int) -> datetime | None:
    """An instant of the format (100 ns since 1601, UTC); None where a signer had no clock and counted from zero."""
    try:
        instant = _EPOCH + timedelta(microseconds=ticks // 10)
    except OverflowError:
        return None
    return instant if instant.year >= _FIRST_YEAR else None
