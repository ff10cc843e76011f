"""One signature, examined step by step (EN 319 102-1, clause 5; ISO 32000-2, 12.8)."""

from dataclasses import dataclass, replace

from pyhanko.sign.validation import EmbeddedPdfSignature

from quancheng_plugin.signing import changes, container, stamps
from quancheng_plugin.signing.chain import Basis, Judgment, judge
from quancheng_plugin.signing.container import Integrity, Signer
from quancheng_plugin.signing.level import reached
from quancheng_plugin.signing.outcome import Evidence
from quancheng_plugin.signing.report import Trust
from quancheng_plugin.signing.stamps import Stamp


@dataclass(frozen=True)
class Ground:
    """What a signature is judged on, as of the time at which it is known to have existed (now, or that of a later
    trusted document time stamp), and the intact document time stamps after it.
    """

    basis: Basis
    later: tuple[EmbeddedPdfSignature, ...] = ()


async def examine(signature: EmbeddedPdfSignature, ground: Ground) -> tuple[Evidence, Ground]:
    """Examine a signature or document time stamp; the second value is the ground for what came before it."""
    is_stamp = signature.sig_object_type == "/DocTimeStamp"
    # 1. Who signed (EN 319 102-1, 5.2.3): the certificate that the container names.
    signer = container.signer_of(signature.signed_data)
    # 2. What it covers, and what was added since (ISO 32000-2, 12.8.1 and 12.8.2).
    changed = changes.examine(signature)
    # 3. The proven time (5.4): the stamp attached to the signature; a document time stamp is its own.
    stamp = await _stamp(signature, ground, is_stamp=is_stamp)
    # 4. Integrity (5.2.7): the digest of the signed bytes, and the signature over it.
    integrity = _stamp_integrity(stamp) if is_stamp else _integrity(signature, signer)
    # 5. Trust (5.2.6): the chain, as of the proven time.
    judgment = await _judgment(signer, stamp, ground, integrity, is_stamp=is_stamp)
    # 6. The level that the evidence reaches (EN 319 142-1, 6).
    level = None
    if not is_stamp and signer and integrity.intact:
        level = reached(signature, signer, stamp, list(ground.later), ground.basis.store)
    evidence = Evidence(signature, signer, integrity, changed, stamp, judgment, level, bool(ground.later))
    return evidence, _before(ground, evidence)


async def _stamp(signature: EmbeddedPdfSignature, ground: Ground, *, is_stamp: bool) -> Stamp | None:
    if is_stamp:
        return await stamps.examine(signature.signed_data, signature.compute_digest, ground.basis)
    return await stamps.attached(signature.signer_info, ground.basis)


def _integrity(signature: EmbeddedPdfSignature, signer: Signer | None) -> Integrity:
    try:
        digest = signature.compute_digest()
    except Exception as error:  # noqa: BLE001  a digest that is not known here (SM3), or a range beyond the file
        return Integrity(intact=None, algorithm=container.algorithms(signature.signed_data), reason=str(error))
    if signer is None:
        return Integrity(intact=None, algorithm="?", reason="no certificate of the signer")
    return container.check(signature.signed_data, signer, digest)


def _stamp_integrity(stamp: Stamp | None) -> Integrity:
    return Integrity(intact=stamp.report.intact if stamp else None)


async def _judgment(
    signer: Signer | None, stamp: Stamp | None, ground: Ground, integrity: Integrity, *, is_stamp: bool
) -> Judgment:
    if signer is None or integrity.intact is False:  # a broken signature ties nobody to the file
        return Judgment(Trust.NOT_CHECKED)
    if is_stamp:
        return stamp.judgment if stamp else Judgment(Trust.NOT_CHECKED)
    basis = replace(ground.basis, at=stamp.report.at) if stamp and stamp.proves else ground.basis
    return await judge(signer, basis)


def _before(ground: Ground, evidence: Evidence) -> Ground:
    """A document time stamp that is intact and covers its revision proves that all before it existed then."""
    if not evidence.is_stamp or evidence.integrity.intact is not True or not evidence.changes.covered:
        return ground
    later = (*ground.later, evidence.signature)
    if evidence.stamp is None or not evidence.stamp.proves:
        return replace(ground, later=later)
    existed = min(ground.basis.at, evidence.stamp.report.at)
    return Ground(replace(ground.basis, at=existed), later)
