"""What signing made, and what verification of a signed PDF found, signature by signature."""

from enum import StrEnum
from pathlib import Path

from pydantic import AwareDatetime, BaseModel, ConfigDict

from quancheng_plugin.findings import Finding
from quancheng_plugin.settings import PadesLevel


class Trust(StrEnum):
    """Whether the signer's chain ends at a configured root."""

    TRUSTED = "trusted"
    DEVELOPMENT = "development"  # ends at the development CA that Quancheng made for itself
    UNTRUSTED = "untrusted"
    NOT_CHECKED = "not-checked"  # no root is configured, or the algorithm is not known here

    @property
    def zh(self) -> str:
        """The word for it on a page or in a table."""
        return _TRUST_ZH[self]


_TRUST_ZH = {
    Trust.TRUSTED: "受信任",
    Trust.DEVELOPMENT: "开发用途，无法律效力",
    Trust.UNTRUSTED: "不受信任",
    Trust.NOT_CHECKED: "未检查",
}


class TimeStampReport(BaseModel):
    """An RFC 3161 time stamp: `intact` is the stamp's own signature over the right digest.

    `intact` is None when the stamp uses an algorithm that cannot be checked here.
    """

    model_config = ConfigDict(frozen=True)

    at: AwareDatetime
    authority: str
    intact: bool | None
    trust: Trust


class SignatureReport(BaseModel):
    """One signature.

    `intact`: the signed bytes are unchanged; None when that could not be checked (`not_checked` says
    why), which is neither a good nor a bad sign. `covers_whole_file`: nothing follows what it signed.
    `changes_after`: what was added later, in pyHanko's modification levels (`none`, `lta_updates`,
    `form_filling`, `annotations`, `other`), or `unknown`. `level` is the PAdES level that the
    evidence in the file reaches, None for signatures that are not PAdES. `not_checked` says plainly
    what was left out.
    """

    model_config = ConfigDict(frozen=True)

    field: str
    kind: str
    """`signature` or `document-timestamp`."""
    signer: str
    signed_at: AwareDatetime | None
    """The signer's own claim of time, not a proof."""
    level: str | None
    intact: bool | None
    covers_whole_file: bool
    changes_after: str
    trust: Trust
    time_stamp: TimeStampReport | None
    not_checked: tuple[str, ...]


class VerifyReport(BaseModel):
    """All signatures of a file, oldest first; `valid` when there is at least one and all are intact and
    nothing but permitted additions followed. Trust is stated beside it, never folded into it.
    """

    model_config = ConfigDict(frozen=True)

    valid: bool
    signatures: tuple[SignatureReport, ...]
    findings: tuple[Finding, ...]


class SignResult(BaseModel):
    """A signature that was made: `path` holds the signed file, `level` what was asked for and reached.

    `seal_page` counts from 0 and is None for an invisible signature; `findings` say why where a
    seal was asked for, and always when the signer is the development CA.
    """

    model_config = ConfigDict(frozen=True)

    path: Path
    field: str
    level: PadesLevel
    signer: str
    signed_at: AwareDatetime
    development: bool
    seal_page: int | None
    findings: tuple[Finding, ...]
