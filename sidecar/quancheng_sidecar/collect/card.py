"""The record card 声像资料登记卡: a signed PDF that stands for a recording in the archive of documents.

Its entries follow DA/T 63-2017 (business, agent, event with begin and end) and 行政诉讼证据规定 Art. 12
(method, time, maker and object of proof stated); its findings follow SWGDE: examined, how, what cannot be known.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pypdfium2
from django.template.loader import render_to_string

from quancheng_plugin.findings import Finding
from quancheng_plugin.forms.stages import Stage
from quancheng_plugin.signing.sign import Seal, sign_pdf
from quancheng_sidecar.collect import chart
from quancheng_sidecar.collect.drawing import html_pages
from quancheng_sidecar.collect.models import Correction, Intake, Recording
from quancheng_sidecar.collect.origin_findings import Found, later_findings, related, standing_of
from quancheng_sidecar.collect.wording import corrections_in_words, shown
from quancheng_sidecar.core.witnesses import name_of
from quancheng_sidecar.media.report import Clock, RecordingReport
from quancheng_sidecar.settings import Settings

PICTURES = ("contact-sheet", "waveform", "poster")
"""Kinds of derivatives that a card shows; the poster where there is nothing else."""
KIND_ZH = {"video": "录像", "audio": "录音", "photo": "照片"}


@dataclass(frozen=True)
class Entry:
    """What a card is drawn from; `handover` are findings on the 24 hours of Art. 7.

    `record` is what was told at intake, or the recording as it is held where its card is made anew; `agent` handed it
    in. `pictures` are files in the folder of the work, by their kind as derivatives.
    """

    record: Intake | Recording
    agent: str
    report: RecordingReport
    handover: Sequence[Finding]
    pictures: Mapping[str, str]
    corrections: Sequence[Correction] = ()
    origins: Sequence[Found] = ()
    """What tracing found, where the card is made anew."""


@dataclass(frozen=True)
class Card:
    """A signed record card, its pages, and its text for the archive's search."""

    path: Path
    page_count: int
    text: str


def make(entry: Entry, work: Path, settings: Settings) -> Card:
    """Draw and sign the card of a recording as `card.pdf` in `work`, where its pictures lie. Raises ToolMissing."""
    page = html_pages()
    context = _context(entry, settings.zone)
    drawn, signed = work / "card-unsigned.pdf", work / "card.pdf"
    html = render_to_string("collect/card.html", context)
    page(string=html, base_url=work.as_uri() + "/").write_pdf(drawn, pdf_variant="pdf/a-2b")
    case = entry.record.case
    seal = Seal.of(settings, number=case.number_as_given if case else entry.record.original.digest[:23])
    sign_pdf(drawn, signed, settings, seal=seal, text_as_read=True)
    with pypdfium2.PdfDocument(signed) as pdf:
        page_count = len(pdf)
    return Card(path=signed, page_count=page_count, text=render_to_string("collect/card.txt", context))


def _context(entry: Entry, zone: ZoneInfo) -> dict[str, Any]:
    record, report, pictures = entry.record, entry.report, entry.pictures
    later = later_findings(record, entry.origins) if isinstance(record, Recording) else ()
    findings = [*entry.handover, *report.clock.findings, *report.integrity.findings, *later]
    device, length = report.device, report.duration.measured or 0.0
    corrected = any(each.name == "start" and not each.disputed for each in entry.corrections)
    times = record if isinstance(record, Recording) else report.clock
    return {
        "record": record,
        "agent": entry.agent,
        "report": report,
        "kind": KIND_ZH[report.kind],
        "own_device": " ".join(filter(None, (device.make, device.model, device.serial))) or "（文件未写明）",
        "stage": Stage(record.stage).zh if record.stage else "",
        "received_at": shown(record.received_at, zone),
        "returned_at": shown(record.returned_at, zone) if record.returned_at else "未填写",
        "start": shown(times.start, zone),
        "end": shown(times.end, zone),
        "source": _source(report.clock, corrected=corrected),
        "witnesses": _witnesses(report.clock, zone, corrected=corrected),
        "corrections": list(corrections_in_words(entry.corrections, zone)),
        "findings": [
            {"severity": f.severity.zh, "level": f.severity, "at": f.at, "zh": f.sentence.zh, "code": f.code}
            for f in findings
        ],
        "origins": entry.origins,
        "tracing": standing_of(record if isinstance(record, Recording) else None, entry.origins),
        "chart": chart.draw(report.clock, findings, length, zone, origins=related(entry.origins)),
        "pictures": [pictures[kind] for kind in PICTURES[:-1] if kind in pictures]
        or [pictures[kind] for kind in PICTURES[-1:] if kind in pictures],
    }


def _source(clock: Clock, *, corrected: bool) -> str:
    source = name_of(clock.source).zh if clock.source else "无"
    return f"人工更正（见“更正”）；更正前：{source}" if corrected else source


def _witnesses(clock: Clock, zone: ZoneInfo, *, corrected: bool) -> list[dict[str, str]]:
    believed = ("原" if corrected else "") + ("暂采" if clock.for_now else "采信")
    return [
        {
            "source": name_of(witness.source).zh,
            "start": shown(witness.start, zone),
            "raw": witness.raw,
            "residual": "" if witness.residual_s is None else f"{witness.residual_s:.2f} 秒",
            "believed": believed if witness.source == clock.source and witness.start == clock.start else "",
        }
        for witness in clock.witnesses
    ]
