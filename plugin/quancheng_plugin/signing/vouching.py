"""Whether our own signer vouches for the text of a PDF: the mark, and who is believed when a file bears it.

The mark stands in the signature's own dictionary (its build properties), which the signature covers, and is set by
whoever calls `sign_pdf` and knows where the text came from. Nothing that a file brings along can set it.
"""

from pathlib import Path

from asn1crypto import x509
from pyhanko.pdf_utils import generic
from pyhanko.sign.signers.pdf_byterange import BuildProps
from pyhanko.sign.validation import EmbeddedPdfSignature

from quancheng_plugin.settings import PluginSettings
from quancheng_plugin.signing.keys import certificate_in_use
from quancheng_plugin.signing.opening import open_reader, reading_errors
from quancheng_plugin.signing.report import SignatureReport, Trust, VerifyReport

_APPLICATION = "Quancheng"
_TEXT_AS_READ = "text-as-read"
_NOTHING_SHOWN = {"none", "lta_updates"}
"""What may have followed the signature: nothing, or evidence about it (EN 319 142-1, 5.4-5.5), which no page shows."""


def properties(*, vouched: bool) -> BuildProps:
    """The build properties of a signature of ours."""
    return BuildProps(_APPLICATION, _TEXT_AS_READ if vouched else None)


def is_vouched(path: Path, report: VerifyReport, settings: PluginSettings) -> bool:
    """Whether the text that a PDF carries may be believed without looking at its pages; `report` is of this file.

    All of: every signature is intact and followed by nothing but what signatures permit; after one of them came
    nothing that a page shows; it bears the mark; and its certificate is the very one that signs here now. Another
    certificate of the same authority is a stranger's, and so is our own one of yesterday.
    """
    if not report.valid:
        return False
    last = {each.field for each in report.signatures if _ends_the_file(each)}
    if not last:
        return False
    with path.open("rb") as file:
        reader = open_reader(file)
        with reading_errors():
            signatures = [each for each in reader.embedded_regular_signatures if each.field_name in last]
            signers = [each.signer_cert for each in signatures if _is_marked(each)]
    return bool(signers) and _is_ours(signers, certificate_in_use(settings))


def _ends_the_file(signature: SignatureReport) -> bool:
    return (
        signature.kind == "signature"
        and signature.intact is True
        and signature.changes_after in _NOTHING_SHOWN
        and signature.trust is not Trust.UNTRUSTED  # revoked, expired
    )


def _is_marked(signature: EmbeddedPdfSignature) -> bool:
    found: object = signature.sig_object
    for name in ("/Prop_Build", "/App"):
        found = found.get(name) if isinstance(found, generic.DictionaryObject) else None
    if not isinstance(found, generic.DictionaryObject):
        return False
    return bool(found.get("/Name") == f"/{_APPLICATION}" and found.get("/REx") == _TEXT_AS_READ)


def _is_ours(signers: list[x509.Certificate], own: x509.Certificate | None) -> bool:
    return own is not None and any(signer.dump() == own.dump() for signer in signers)
