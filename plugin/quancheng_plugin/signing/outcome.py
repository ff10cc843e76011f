"""From the evidence about one signature to its report and findings: all that is said, and no judgment beyond it."""

from dataclasses import dataclass
from datetime import datetime

from pyhanko.pdf_utils import generic
from pyhanko.sign.validation import EmbeddedPdfSignature

from quancheng_plugin.findings import Finding
from quancheng_plugin.signing import remarks
from quancheng_plugin.signing.certificate import name_of
from quancheng_plugin.signing.chain import Judgment
from quancheng_plugin.signing.changes import Changes
from quancheng_plugin.signing.container import WEAK_DIGESTS, Integrity, Signer, digest_name
from quancheng_plugin.signing.development import marked
from quancheng_plugin.signing.report import SignatureReport, Trust
from quancheng_plugin.signing.stamps import Stamp


@dataclass(frozen=True)
class Evidence:
    """All that was found about a signature that could be read."""

    signature: EmbeddedPdfSignature
    signer: Signer | None
    integrity: Integrity
    changes: Changes
    stamp: Stamp | None
    judgment: Judgment
    level: str | None
    stamped_later: bool = False
    """Whether an intact document time stamp follows it."""

    @property
    def is_stamp(self) -> bool:
        """Whether it is a document time stamp."""
        return bool(self.signature.sig_object_type == "/DocTimeStamp")


@dataclass(frozen=True)
class Outcome:
    """A report with its findings; `permitted` when it covers its revision and only permitted additions followed."""

    report: SignatureReport
    permitted: bool
    findings: tuple[Finding, ...]


def of_evidence(evidence: Evidence) -> Outcome:
    """Say what was found, and what was not checked."""
    changes = evidence.changes
    report = SignatureReport(
        field=evidence.signature.field_name,
        kind="document-timestamp" if evidence.is_stamp else "signature",
        signer=name_of(evidence.signer.certificate) if evidence.signer else "?",
        signed_at=None if evidence.is_stamp else _claimed_time(evidence.signature),
        level=evidence.level,
        intact=evidence.integrity.intact,
        covers_whole_file=changes.whole_file,
        changes_after=changes.level,
        trust=evidence.judgment.trust,
        time_stamp=evidence.stamp.report if evidence.stamp else None,
        not_checked=_not_checked(evidence),
    )
    return Outcome(report, changes.covered and changes.permitted is True, _findings(evidence))


def of_unreadable(name: str, value: generic.PdfObject, reason: str) -> Outcome:
    """What can be said of a signature in no format known here: unchecked, which is not wrong."""
    dictionary = _readable(value)
    filters = [str(dictionary[key]).removeprefix("/") for key in ("/Filter", "/SubFilter") if key in dictionary]
    made_by = "、".join(filters) or "?"
    report = SignatureReport(
        field=name,
        kind="document-timestamp" if dictionary.get("/Type") == "/DocTimeStamp" else "signature",
        signer=str(dictionary["/Name"]) if "/Name" in dictionary else "?",
        signed_at=None,
        level=None,
        intact=None,
        covers_whole_file=False,
        changes_after="unknown",
        trust=Trust.NOT_CHECKED,
        time_stamp=None,
        not_checked=(f"整个签名（格式不识别：{made_by}）",),
    )
    return Outcome(report, permitted=False, findings=(remarks.unreadable(name, f"{made_by}: {reason}"),))


def _readable(value: generic.PdfObject) -> dict[str, object]:
    """The entries of a signature dictionary that can be read."""
    try:
        found = value.get_object()  # type: ignore[no-untyped-call]  # untyped there
        return dict(found) if isinstance(found, generic.DictionaryObject) else {}
    except Exception:  # noqa: BLE001  an object of strangers
        return {}


def _claimed_time(signature: EmbeddedPdfSignature) -> datetime | None:
    try:
        claimed = signature.self_reported_timestamp
    except Exception:  # noqa: BLE001  a date of strangers
        return None
    return claimed if claimed is not None and claimed.tzinfo is not None else None


def _not_checked(evidence: Evidence) -> tuple[str, ...]:
    integrity, judgment, stamp = evidence.integrity, evidence.judgment, evidence.stamp
    said = []
    if integrity.intact is None:
        said.append(f"签名是否与内容相符（算法 {integrity.algorithm or '不明'}，本程序不能验证）")
    if evidence.changes.permitted is None:
        said.append("签名之后的改动（签名没有完整覆盖当时的文件，或追加的内容无法分析）")
    if judgment.trust is Trust.NOT_CHECKED:
        said.append(
            "签名人是否可信（签名不完整）" if integrity.intact is False else "签名人是否可信（没有可用的根证书）"
        )
    elif not judgment.revocation_checked:
        said.append("证书是否被吊销（文件内没有完整的 OCSP/CRL，验证时不联网）")
    if stamp is None and not evidence.stamped_later:
        said.append("签名的真实时间（没有时间戳，只有签名人自称的时间）")
    elif stamp and stamp.report.trust is Trust.NOT_CHECKED:
        said.append("时间戳服务是否可信（没有可用的根证书）")
    return tuple(said)


def _findings(evidence: Evidence) -> tuple[Finding, ...]:
    name, stamp = evidence.signature.field_name, evidence.stamp
    said = [*_on_integrity(evidence), *_on_changes(evidence)]
    if evidence.signer and marked(evidence.signer.certificate):
        said.append(remarks.development_signature(name))
    if evidence.judgment.remark is not None:
        said.append(evidence.judgment.remark(name))
    if stamp and not evidence.is_stamp:
        if stamp.report.intact is False:
            said.append(remarks.stamp_broken(name))
        elif stamp and stamp.report.trust is Trust.UNTRUSTED:
            said.append(remarks.stamp_untrusted(name))
    return tuple(said)


def _on_integrity(evidence: Evidence) -> list[Finding]:
    name, integrity = evidence.signature.field_name, evidence.integrity
    if integrity.intact is False:
        return [remarks.broken(name)]
    if integrity.intact is None:
        return [remarks.unchecked_algorithm(name, integrity.algorithm or "?")]
    digest = digest_name(evidence.signature.signed_data)
    return [remarks.weak_digest(name, digest)] if digest in WEAK_DIGESTS else []


def _on_changes(evidence: Evidence) -> list[Finding]:
    name, changes = evidence.signature.field_name, evidence.changes
    if changes.permitted is None:
        return [remarks.coverage_unclear(name)]
    return [] if changes.permitted else [remarks.changed_after(name, changes.level)]
