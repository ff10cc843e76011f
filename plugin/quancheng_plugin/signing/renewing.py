"""A further document time stamp over a signed file and its evidence."""

from pathlib import Path

from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import DEFAULT_MD
from pyhanko.sign.signers import PdfTimeStamper
from pyhanko.sign.validation import EmbeddedPdfSignature
from pyhanko.sign.validation.dss import DocumentSecurityStore, collect_validation_info
from pyhanko_certvalidator import ValidationContext

from quancheng_plugin.settings import PluginSettings
from quancheng_plugin.signing import authority
from quancheng_plugin.signing.blocking import complete
from quancheng_plugin.signing.collecting import collecting_context, collecting_errors
from quancheng_plugin.signing.errors import NothingToRenew
from quancheng_plugin.signing.opening import open_writer, reading_errors
from quancheng_plugin.signing.replacing import copy_to_become
from quancheng_plugin.signing.report import VerifyReport
from quancheng_plugin.signing.verifying import verify


def renew(source: Path, out: Path, settings: PluginSettings) -> VerifyReport:
    """See `renew_pdf`."""
    tsa = authority.required(settings)
    if not verify(source, settings).valid:  # a stamp over a broken signature would only lend it weight
        raise NothingToRenew(
            zh="文件没有完好的签名，不能续加时间戳。请先验证文件，再从原件重新签名。",
            en="The file has no sound signature to renew. Verify it, and sign again from the original.",
        )
    with copy_to_become(source, out) as copy:
        writer = open_writer(copy)
        with reading_errors():
            stamps: list[EmbeddedPdfSignature] = writer.prev.embedded_timestamp_signatures
            # The last stamp vouches for all before it; without one, each signature needs its evidence.
            newest = stamps[-1:] or writer.prev.embedded_signatures
        with collecting_errors():
            complete(_append(writer, newest, PdfTimeStamper(tsa), collecting_context(settings, None)))
    return verify(out, settings)


async def _append(
    writer: IncrementalPdfFileWriter,
    newest: list[EmbeddedPdfSignature],
    stamper: PdfTimeStamper,
    context: ValidationContext,
) -> None:
    try:
        paths = [path for each in newest for path in await collect_validation_info(each, context)]
        DocumentSecurityStore.supply_dss_in_writer(writer, None, paths=paths, validation_context=context)
        await stamper.async_timestamp_pdf(writer, DEFAULT_MD, context, in_place=True)
    finally:
        await context.aclose()  # type: ignore[no-untyped-call]  # untyped there
