"""Sign a PDF: the one entry, light to import."""

from pathlib import Path

from quancheng_plugin.errors import UnreadableInput
from quancheng_plugin.settings import PluginSettings
from quancheng_plugin.signing.errors import SigningFailed
from quancheng_plugin.signing.report import SignResult
from quancheng_plugin.signing.seal import Seal

__all__ = ["Seal", "SignResult", "SigningFailed", "UnreadableInput", "sign_pdf"]


def sign_pdf(
    source: Path, out: Path, settings: PluginSettings, *, seal: Seal | None = None, text_as_read: bool = False
) -> SignResult:
    """Append a PAdES signature (EN 319 142-1) of `settings.sign_level` to a copy of `source`, named `out` when whole.

    The source is not touched; earlier signatures stay valid. The signature is the last of the file.
    With `text_as_read` it vouches that the text which the file carries is what its pages say, by our own reading or
    drawing: where this signer signs, the pages need not be read again (`vouching`).

    Raises `SigningFailed` (see its subclasses), `UnreadableInput` and `StorageFull`; then `out` is as it was before.
    """
    from quancheng_plugin.signing.appending import append_signature  # noqa: PLC0415  pyHanko takes a second to load

    return append_signature(source, out, settings, seal, text_as_read=text_as_read)
