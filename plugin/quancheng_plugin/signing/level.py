"""The PAdES level that the evidence in a file reaches (EN 319 142-1, clause 6)."""

from asn1crypto import cms, x509
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko.sign.general import MultivaluedAttributeError, NonexistentAttributeError, find_unique_cms_attribute
from pyhanko.sign.validation import EmbeddedPdfSignature

from quancheng_plugin.signing.container import Signer
from quancheng_plugin.signing.embedded import Store, covers
from quancheng_plugin.signing.identity import issuers_of
from quancheng_plugin.signing.stamps import Stamp


def reached(
    signature: EmbeddedPdfSignature,
    signer: Signer,
    stamp: Stamp | None,
    later: list[EmbeddedPdfSignature],
    store: Store,
) -> str | None:
    """The level, or None for a signature that is not PAdES.

    `later` are the intact document time stamps that follow the signature. The level says what
    is there, whether or not its authorities are trusted.
    """
    if not _is_pades(signature):
        return None
    stamped = stamp is not None and stamp.report.intact is True
    if not stamped and not later:
        return "B-B"
    signers = [signer, *([stamp.signer] if stamp and stamp.signer else [])]
    if not store.certificates or not all(covers(store, chain_of(each, store)) for each in signers):
        return "B-T"
    return "B-LTA" if any(_stamps_the_store(each) for each in later) else "B-LT"


def chain_of(signer: Signer, store: Store) -> list[x509.Certificate]:
    """The signer's certificate and those above it, as far as the file carries them."""
    return [signer.certificate, *issuers_of(signer.certificate, [*signer.others, *store.certificates])]


def _is_pades(signature: EmbeddedPdfSignature) -> bool:
    if signature.sig_object.get("/SubFilter") != SigSeedSubFilter.PADES.value:
        return False
    signed = signature.signer_info["signed_attrs"]
    return any(_has(signed, name) for name in ("signing_certificate_v2", "signing_certificate"))


def _has(attributes: cms.CMSAttributes, name: str) -> bool:
    try:
        find_unique_cms_attribute(attributes, name)
    except (NonexistentAttributeError, MultivaluedAttributeError):
        return False
    return True


def _stamps_the_store(stamp: EmbeddedPdfSignature) -> bool:
    try:
        return "/DSS" in stamp.reader.get_historical_root(stamp.signed_revision)
    except PdfError:
        return False
