"""The HTML report of a case: verdicts, a timeline of form and recordings, contact sheets, findings."""

import shutil
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.db.models import QuerySet
from django.template.loader import render_to_string
from django.utils import timezone
from pydantic import BaseModel, ConfigDict

from quancheng_plugin.signing.report import VerifyReport
from quancheng_sidecar.collect import chart
from quancheng_sidecar.collect.card import KIND_ZH
from quancheng_sidecar.collect.models import Case, Intake, IntakeState, Recording, WrittenDocument
from quancheng_sidecar.collect.origin_findings import later_findings, origins_of, related, standing_of
from quancheng_sidecar.collect.outcome import to_review
from quancheng_sidecar.collect.standing import reading_of
from quancheng_sidecar.collect.wording import corrections_in_words, shown
from quancheng_sidecar.core.witnesses import name_of
from quancheng_sidecar.media.report import RecordingReport
from quancheng_sidecar.preserve import log
from quancheng_sidecar.use.history import history, subjects_of_case
from quancheng_sidecar.use.history_words import in_words
from quancheng_sidecar.use.services import FormVerdict, check_case, find_case
from quancheng_sidecar.use.timeline import Bar, Timeline, draw
from quancheng_sidecar.wiring import Parts


class WrittenReport(BaseModel):
    """Where the report is: `path` is its page, beside it the pictures and documents it shows."""

    model_config = ConfigDict(frozen=True)

    case: str
    path: Path


def write_report(parts: Parts, number: str, folder: Path) -> WrittenReport:
    """Write `index.html` and all it shows into `folder`; opens without network. Raises `CaseUnknown`."""
    check = check_case(parts, number)
    case = find_case(number)
    recordings = list(Recording.objects.filter(case=case).order_by("start", "id").prefetch_related("derivatives"))
    documents = list(WrittenDocument.objects.filter(case=case).order_by("received_at", "id"))
    (folder / "files").mkdir(parents=True, exist_ok=True)
    shown_recordings = [_recording(parts, r, folder / "files") for r in recordings]
    verification = log.verify()
    page = render_to_string(
        "use/case.html",
        {
            "check": check,
            "forms": [_form(parts, form, recordings) for form in check.forms],
            "recordings": shown_recordings,
            "without_record": [_without_record(parts, intake) for intake in _unfinished(case)],
            "documents": [_document(parts, d, folder / "files") for d in documents],
            "made_at": shown(timezone.now(), parts.settings.zone),
            "log": verification,
            "history": in_words(history(subjects_of_case(parts, case))),
            "development": any("development" in str(d.verification) for d in documents),
        },
    )
    unfinished = folder / "index.html.part"
    unfinished.write_text(page, encoding="utf-8")
    unfinished.replace(folder / "index.html")
    return WrittenReport(case=check.case, path=folder / "index.html")


def _form(parts: Parts, form: FormVerdict, recordings: Sequence[Recording]) -> dict[str, Any]:
    return {
        "verdict": form,
        "timeline": _timeline(parts, form, recordings),
        "agreement": form.agreement,
        "left_out": _left_out(form),
    }


def _left_out(form: FormVerdict) -> dict[str, list[str]]:
    """Names of recordings that were not laid over the form, by the reason."""
    reasons: dict[str, list[str]] = {}
    for left in form.agreement.left_out:
        reasons.setdefault(left.reason.zh, []).append(left.name)
    return reasons


def _timeline(parts: Parts, form: FormVerdict, recordings: Sequence[Recording]) -> Timeline | None:
    agreement, zone = form.agreement, parts.settings.zone
    bars: list[Bar] = []
    start, end = agreement.form.start, agreement.form.end
    if start:
        until = end or start + timedelta(minutes=1)
        bars.append(
            Bar(0, "form", form.title, start, until, f"{shown(start, zone)} 至 {shown(end, zone) if end else '—'}")
        )
    considered = {used.recording_id for used in agreement.considered}
    used = [r for r in recordings if r.archive_id in considered]
    for row, recording in enumerate(used, start=1):
        if recording.start is None or recording.end is None:
            continue
        bars.append(
            Bar(
                row,
                "recording",
                recording.file_name,
                recording.start,
                recording.end,
                f"{shown(recording.start, zone)} 至 {shown(recording.end, zone)}",
            )
        )
        bars.extend(_marks(recording, row))
    bars += [Bar(0, "gap", "", g.start, g.end, f"间断 {g.seconds:.0f} 秒") for g in agreement.gaps]
    return draw(bars, zone)


def _marks(recording: Recording, row: int) -> list[Bar]:
    if recording.start is None:
        return []
    report = RecordingReport.model_validate(recording.report)
    return [
        Bar(row, "mark", "", at, at, finding.sentence.zh)
        for finding in report.integrity.findings
        if finding.at is not None and finding.severity in {"medium", "high"}
        for at in [recording.start + timedelta(seconds=finding.at)]
    ]


def _recording(parts: Parts, recording: Recording, files: Path) -> dict[str, Any]:
    report = RecordingReport.model_validate(recording.report)
    zone = parts.settings.zone
    found = origins_of(recording)
    findings = (*report.clock.findings, *report.integrity.findings, *later_findings(recording, found))
    return {
        "record": recording,
        "kind": KIND_ZH[report.kind],
        "report": report,
        "start": shown(recording.start, zone),
        "end": shown(recording.end, zone),
        "source": name_of(report.clock.source).zh if report.clock.source else "无",
        "tracing": standing_of(recording, found),
        "corrections": list(corrections_in_words(recording.corrections.all(), zone)),
        "findings": [
            {"severity": f.severity.zh, "level": f.severity, "at": f.at, "zh": f.sentence.zh, "code": f.code}
            for f in findings
        ],
        "chart": chart.draw(report.clock, findings, report.duration.measured or 0.0, zone, origins=related(found)),
        "card": _copy(parts, recording.card_file.digest, files, f"card-{recording.pk}.pdf"),
        "pictures": [
            _copy(parts, d.file.digest, files, f"{d.kind}-{recording.pk}{_ENDINGS[d.kind]}")
            for d in recording.derivatives.all()
            if d.kind in {"contact-sheet", "waveform"} or (d.kind == "poster" and report.kind == "photo")
        ],
    }


_ENDINGS = {"poster": ".jpg", "contact-sheet": ".jpg", "waveform": ".png"}


def _document(parts: Parts, document: WrittenDocument, files: Path) -> dict[str, Any]:
    reading = reading_of(document)
    return {
        "record": document,
        "reading": reading,
        "review": to_review(reading),
        "corrections": list(corrections_in_words(document.corrections.all(), parts.settings.zone)),
        "verification": VerifyReport.model_validate(document.verification),
        "file": _copy(parts, document.archive_file.digest, files, f"document-{document.pk}.pdf"),
    }


_TO_DO = {
    IntakeState.RECEIVED: "待处理：quancheng up 运行时自动进行。",
    IntakeState.QUARANTINED: "按说明处理后重试：quancheng intake retry {id}；确实无法处理的，写明理由："
    "quancheng intake dismiss {id} --why 理由",
    IntakeState.DISMISSED: "无需再处理；可撤回：quancheng intake retry {id}",
}
"""What a person does with a file that was handed in and is no record (yet), by its state."""


def _unfinished(case: Case) -> QuerySet[Intake]:
    return Intake.objects.filter(case=case, state__in=_TO_DO).select_related("original")


def _without_record(parts: Parts, intake: Intake) -> dict[str, Any]:
    return {
        "intake": intake,
        "received_at": shown(intake.received_at, parts.settings.zone),
        "to_do": _TO_DO[IntakeState(intake.state)].format(id=str(intake.id)[:8]),
    }


def _copy(parts: Parts, digest: str, files: Path, name: str) -> str:
    # A copy, not a link: the report is handed on, the store is not.
    shutil.copyfile(parts.store.path(digest), files / name)
    return f"files/{name}"
