"""What a signature covers, and what was added to the file after it (ISO 32000-2, 12.8.1 and 12.8.2)."""

from dataclasses import dataclass

from pyhanko.sign.validation import EmbeddedPdfSignature
from pyhanko.sign.validation.status import ModificationInfo, SignatureCoverageLevel


@dataclass(frozen=True)
class Changes:
    """Coverage and later additions; `level` in pyHanko's modification levels, or `unknown`.

    `covered`: the signature covers all of its own revision. `permitted`: nothing was added but
    what signatures permit (further signatures and time stamps, validation data, form filling
    unless locked); None when that could not be found out.
    """

    whole_file: bool
    covered: bool
    level: str
    permitted: bool | None


def examine(signature: EmbeddedPdfSignature) -> Changes:
    """Compare the file with the revision that was signed. Never raises: what fails is `unknown`."""
    try:
        signature.compute_integrity_info()  # type: ignore[no-untyped-call]  # untyped there
        info = ModificationInfo(**signature.summarise_integrity_info())
    except Exception:  # noqa: BLE001  revisions of strangers: what cannot be compared is unknown
        return Changes(whole_file=False, covered=False, level="unknown", permitted=None)
    coverage = info.coverage if _has_no_gap(signature) else SignatureCoverageLevel.UNCLEAR
    if coverage is None or coverage < SignatureCoverageLevel.ENTIRE_REVISION or info.modification_level is None:
        return Changes(whole_file=False, covered=False, level="unknown", permitted=None)
    return Changes(
        whole_file=coverage is SignatureCoverageLevel.ENTIRE_FILE,
        covered=True,
        level=info.modification_level.name.lower(),
        permitted=bool(info.docmdp_ok),
    )


def _has_no_gap(signature: EmbeddedPdfSignature) -> bool:
    """Whether the only bytes left out are the signature's own `/Contents`, with its brackets."""
    _, first, second, _ = signature.byte_range
    return bool(second == first + 2 * len(signature.pkcs7_content) + 2)
