"""The record card 声像资料登记卡: a signed PDF that stands for a recording in the archive of documents.

Its entries follow DA/T 63-2017 (business, agent, event with begin and end) and 行政诉讼证据规定 Art. 12
(method, time, maker and object of proof stated); its findings follow SWGDE: examined, how, what cannot be known.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pypdfium2
from django.template.loader import render_to_string

from quancheng_plugin.findings import Finding
from quancheng_plugin.forms.stages import Stage
from quancheng_plugin.signing.sign import Seal, sign_pdf
from quancheng_sidecar.collect import chart
from quancheng_sidecar.collect.models import Intake
from quancheng_sidecar.core.witnesses import name_of
from quancheng_sidecar.media.report import Clock, Derivative, RecordingReport
from quancheng_sidecar.settings import Settings

KIND_ZH = {"video": "录像", "audio": "录音", "photo": "照片"}


@dataclass(frozen=True)
class Entry:
    """What a card is drawn from; `handover` are findings on the 24 hours of Art. 7."""

    intake: Intake
    report: RecordingReport
    handover: Sequence[Finding]
    derivatives: Sequence[Derivative]


@dataclass(frozen=True)
class Card:
    """A signed record card, its pages, and its text for the archive's search."""

    path: Path
    page_count: int
    text: str


def shown(instant: datetime | None, zone: ZoneInfo) -> str:
    """An instant as people read it, to the second, with its offset."""
    if instant is None:
        return "未知"
    local = instant.astimezone(zone)
    return f"{local:%Y年%m月%d日 %H:%M:%S}（UTC{local:%z}）"


def make(entry: Entry, work: Path, settings: Settings) -> Card:
    """Draw and sign the card of a recording as `card.pdf` in `work`, where its pictures lie."""
    from weasyprint import HTML  # noqa: PLC0415  takes half a second, and most commands draw nothing

    context = _context(entry, settings.zone)
    drawn, signed = work / "card-unsigned.pdf", work / "card.pdf"
    html = render_to_string("collect/card.html", context)
    HTML(string=html, base_url=work.as_uri() + "/").write_pdf(drawn, pdf_variant="pdf/a-2b")
    case = entry.intake.case
    seal = Seal.of(settings, number=case.number_as_given if case else entry.intake.original.digest[:23])
    sign_pdf(drawn, signed, settings, seal=seal, text_as_read=True)
    with pypdfium2.PdfDocument(signed) as pdf:
        page_count = len(pdf)
    return Card(path=signed, page_count=page_count, text=render_to_string("collect/card.txt", context))


def _context(entry: Entry, zone: ZoneInfo) -> dict[str, Any]:
    intake, report, derivatives = entry.intake, entry.report, entry.derivatives
    findings = [*entry.handover, *report.clock.findings, *report.integrity.findings]
    return {
        "intake": intake,
        "report": report,
        "kind": KIND_ZH[report.kind],
        "stage": Stage(intake.stage).zh if intake.stage else "",
        "received_at": shown(intake.received_at, zone),
        "returned_at": shown(intake.returned_at, zone) if intake.returned_at else "未填写",
        "start": shown(report.clock.start, zone),
        "end": shown(report.clock.end, zone),
        "source": name_of(report.clock.source).zh if report.clock.source else "无",
        "witnesses": _witnesses(report.clock, zone),
        "findings": [
            {"severity": f.severity.zh, "level": f.severity, "at": f.at, "zh": f.sentence.zh, "code": f.code}
            for f in findings
        ],
        "chart": chart.draw(report.clock, findings, report.duration.measured or 0.0, zone),
        "pictures": [d.path.name for d in derivatives if d.kind in {"contact-sheet", "waveform"}]
        or [d.path.name for d in derivatives if d.kind == "poster"],
    }


def _witnesses(clock: Clock, zone: ZoneInfo) -> list[dict[str, str]]:
    return [
        {
            "source": name_of(witness.source).zh,
            "start": shown(witness.start, zone),
            "raw": witness.raw,
            "residual": "" if witness.residual_s is None else f"{witness.residual_s:.2f} 秒",
            "believed": "采信" if witness.source == clock.source and witness.start == clock.start else "",
        }
        for witness in clock.witnesses
    ]
