"""What verification of a signed PDF found, signature by signature."""

from enum import StrEnum

from pydantic import AwareDatetime, BaseModel, ConfigDict

from quancheng_plugin.findings import Finding


class Trust(StrEnum):
    """Whether the signer's chain ends at a configured root."""

    TRUSTED = "trusted"
    DEVELOPMENT = "development"  # ends at the development CA that Quancheng made for itself
    UNTRUSTED = "untrusted"
    NOT_CHECKED = "not-checked"  # no root is configured


class TimeStampReport(BaseModel):
    """An RFC 3161 time stamp: `intact` is the stamp's own signature over the right digest."""

    model_config = ConfigDict(frozen=True)

    at: AwareDatetime
    authority: str
    intact: bool
    trust: Trust


class SignatureReport(BaseModel):
    """One signature.

    `intact`: the signed bytes are unchanged. `covers_whole_file`: nothing follows what it signed.
    `changes_after`: what was added later, in pyHanko's modification levels. `level` is the PAdES
    level that the evidence in the file reaches. `not_checked` says plainly what was left out.
    """

    model_config = ConfigDict(frozen=True)

    field: str
    kind: str
    """`signature` or `document-timestamp`."""
    signer: str
    signed_at: AwareDatetime | None
    """The signer's own claim of time, not a proof."""
    level: str | None
    intact: bool
    covers_whole_file: bool
    changes_after: str
    trust: Trust
    time_stamp: TimeStampReport | None
    not_checked: tuple[str, ...]


class VerifyReport(BaseModel):
    """All signatures of a file, oldest first; `valid` when there is at least one and all are intact and
    nothing but permitted additions followed. Trust is stated beside it, never folded into it."""

    model_config = ConfigDict(frozen=True)

    valid: bool
    signatures: tuple[SignatureReport, ...]
    findings: tuple[Finding, ...]
