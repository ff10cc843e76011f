"""What may go wrong when a PDF is signed, and what the person can do about it."""

from typing import ClassVar

from quancheng_plugin.errors import QuanchengError


class SigningFailed(QuanchengError):
    """A signature could not be made; nothing was written. `retryable` says whether waiting may help."""

    code = "QC-SIGN"
    retryable: ClassVar[bool] = False


class KeyMissing(SigningFailed):
    """A file, token, key or certificate that the settings name is not there or not readable."""

    code = "QC-SIGN-KEY-MISSING"


class KeySettings(SigningFailed):
    """The settings name half a signer, or more than one."""

    code = "QC-SIGN-KEY-SETTINGS"


class KeyUnusable(SigningFailed):
    """The key cannot be read, does not belong to the certificate, or is of an algorithm that cannot sign here."""

    code = "QC-SIGN-KEY-UNUSABLE"


class PassphraseWrong(SigningFailed):
    """The passphrase or PIN is missing or wrong."""

    code = "QC-SIGN-PASSPHRASE"


class CertificateExpired(SigningFailed):
    """The signer's certificate is past its validity, or has not begun it."""

    code = "QC-SIGN-CERT-EXPIRED"


class CertificateUsage(SigningFailed):
    """The signer's certificate was not issued for signing (RFC 5280, 4.2.1.3)."""

    code = "QC-SIGN-CERT-USAGE"


class DevelopmentAuthorityDamaged(SigningFailed):
    """The folder of the development CA is there, but not whole."""

    code = "QC-SIGN-DEV-CA"


class TimeStampNotConfigured(SigningFailed):
    """The level asks for time stamps, and no authority is set."""

    code = "QC-SIGN-TSA-SETTING"


class TimeStampUnavailable(SigningFailed):
    """The time-stamp authority does not answer, or not with a time stamp."""

    code = "QC-SIGN-TSA"
    retryable = True


class RevocationUnavailable(SigningFailed):
    """The chain, or the proof that nothing in it was revoked, could not be gathered (needed by B-LT and B-LTA)."""

    code = "QC-SIGN-REVOCATION"
    retryable = True


class CertificateRevoked(SigningFailed):
    """A certificate of the chain was revoked by its issuer."""

    code = "QC-SIGN-CERT-REVOKED"


class DocumentLocked(SigningFailed):
    """An earlier signature forbids any further one (DocMDP, ISO 32000-2, 12.8.2.2)."""

    code = "QC-SIGN-LOCKED"


class SameFile(SigningFailed):
    """The result would be written over the source, which is never changed."""

    code = "QC-SIGN-SAME-FILE"


class NothingToRenew(SigningFailed):
    """A time stamp was to be renewed where no sound signature is."""

    code = "QC-SIGN-NOTHING"
