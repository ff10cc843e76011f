"""All signatures of a file, newest first, so that each time stamp proves the time of what it covers.

The order is that of EN 319 102-1, 5.6: a time stamp under a configured root proves that
everything before it existed then, so older certificates are judged as of that time, even when
they have run out since.
"""

from datetime import UTC, datetime
from pathlib import Path

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import enumerate_sig_fields
from pyhanko.sign.validation import EmbeddedPdfSignature

from quancheng_plugin.findings import Finding
from quancheng_plugin.settings import PluginSettings
from quancheng_plugin.signing import outcome, remarks
from quancheng_plugin.signing.blocking import complete
from quancheng_plugin.signing.chain import Basis, Roots
from quancheng_plugin.signing.embedded import security_store
from quancheng_plugin.signing.examination import Ground, examine
from quancheng_plugin.signing.opening import open_reader, reading_errors
from quancheng_plugin.signing.outcome import Outcome
from quancheng_plugin.signing.report import Trust, VerifyReport


def verify(path: Path, settings: PluginSettings) -> VerifyReport:
    """See `verify_pdf`."""
    roots = Roots.of(settings)
    with path.open("rb") as file:
        reader = open_reader(file)
        with reading_errors():
            fields = list(enumerate_sig_fields(reader, filled_status=True))
        if not fields:
            return VerifyReport(valid=False, signatures=(), findings=(remarks.unsigned(),))
        with reading_errors():
            found = complete(_all(reader, fields, roots))
    findings = [finding for each in found for finding in each.findings]
    return VerifyReport(
        valid=all(each.report.intact is True and each.permitted for each in found),
        signatures=tuple(each.report for each in found),
        findings=(*findings, *_on_tail(found), *_on_roots(roots, found)),
    )


async def _all(
    reader: PdfFileReader, fields: list[tuple[str, generic.PdfObject, generic.DictionaryObject]], roots: Roots
) -> list[Outcome]:
    readable: list[EmbeddedPdfSignature] = []
    others: list[Outcome] = []
    values = {name: value for name, value, _ in fields}
    for name, value, field in fields:
        try:
            readable.append(EmbeddedPdfSignature(reader, field, name))
        except Exception as error:  # noqa: BLE001  signatures of strangers, in any vendor's own format
            others.append(outcome.of_unreadable(name, value, str(error)))
    readable.sort(key=lambda each: each.signed_revision)
    ground = Ground(Basis(roots, security_store(reader), datetime.now(UTC)))
    examined: list[Outcome] = []
    for signature in reversed(readable):
        try:
            evidence, ground = await examine(signature, ground)
            examined.insert(0, outcome.of_evidence(evidence))
        except Exception as error:  # noqa: BLE001  ASN.1 is parsed only when asked for, so damage shows late
            name = signature.field_name
            examined.insert(0, outcome.of_unreadable(name, values[name], str(error)))
    return [*examined, *others]


def _on_tail(outcomes: list[Outcome]) -> list[Finding]:
    """Bytes after the last revision that no signature covers and that are no addition that PDF knows of."""
    reports = [each.report for each in outcomes if each.report.changes_after != "unknown"]
    newest = reports[-1] if reports else None
    bare = newest is not None and newest.changes_after == "none" and not newest.covers_whole_file
    return [remarks.uncovered_tail(newest.field)] if newest and bare else []


def _on_roots(roots: Roots, outcomes: list[Outcome]) -> list[Finding]:
    unjudged = any(each.report.trust is Trust.NOT_CHECKED for each in outcomes)
    return [remarks.roots_not_configured()] if unjudged and not roots.configured else []
