"""Verify the signatures of a PDF: the one entry, light to import."""

from pathlib import Path

from quancheng_plugin.settings import PluginSettings
from quancheng_plugin.signing.report import SignatureReport, TimeStampReport, Trust, VerifyReport

__all__ = ["SignatureReport", "TimeStampReport", "Trust", "VerifyReport", "verify_pdf"]


def verify_pdf(path: Path, settings: PluginSettings) -> VerifyReport:
    """Verify every signature and document time stamp of a PDF, by what the file itself carries.

    Nothing is fetched: revocation counts only where the file has data about it, and each report
    says what was not checked. Trust is judged by `settings.trust_roots`; a signer under this
    home's development CA is reported as such. An unsigned PDF is not valid and has no
    signatures. Not checked at all: whether the file looks as its author meant (fonts, scripts,
    hidden layers), and who the person behind a certificate is.

    Raises `UnreadableInput` for what is no readable PDF, `KeyMissing` and `KeyUnusable` for a
    configured root that cannot be read.
    """
    from quancheng_plugin.signing.verifying import verify  # noqa: PLC0415  pyHanko takes a second to load

    return verify(path, settings)
