"""Renew the time stamps of a signed PDF before they age out: the one entry, light to import."""

from pathlib import Path

from quancheng_plugin.settings import PluginSettings
from quancheng_plugin.signing.report import VerifyReport


def renew_pdf(source: Path, out: Path, settings: PluginSettings) -> VerifyReport:
    """Append validation data and a document time stamp to a copy of `source` (EN 319 142-1, 5.4.3 and 6, B-LTA).

    To be called before the certificate of the last time stamp runs out, or its algorithm weakens.
    A file of a lower level is raised to B-LTA. `source` is not touched; `out` appears when whole
    and is reported on. Raises `NothingToRenew` for files without a sound signature,
    `TimeStampNotConfigured`, `TimeStampUnavailable`, `RevocationUnavailable`, `UnreadableInput` and `StorageFull`.
    """
    from quancheng_plugin.signing.renewing import renew  # noqa: PLC0415  pyHanko takes a second to load

    return renew(source, out, settings)
