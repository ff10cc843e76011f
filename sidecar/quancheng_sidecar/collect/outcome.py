"""What became of an inbox file, as a text that its owner reads: what was read of it, what a person must check."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from quancheng_plugin.findings import Finding
from quancheng_plugin.forms.reading import FormReading
from quancheng_sidecar.collect import intake
from quancheng_sidecar.collect.file_names import fit_name
from quancheng_sidecar.collect.models import Intake, IntakeKind, IntakeState, Recording, WrittenDocument
from quancheng_sidecar.collect.recordings import handover_findings
from quancheng_sidecar.collect.standing import CASE, READ_ZH, RECORDED_ZH, reading_of
from quancheng_sidecar.collect.wording import shown
from quancheng_sidecar.core.witnesses import name_of
from quancheng_sidecar.media.report import RecordingReport
from quancheng_sidecar.settings import Settings

_REVIEW_ZH = {**READ_ZH, CASE: RECORDED_ZH[CASE]}


def report_outcome(settings: Settings, done: Intake) -> None:
    """Write what became of an inbox file as a text file under `inbox/results`; of any other nothing."""
    if done.via != "inbox":
        return
    folder = settings.home / "inbox" / "results"
    folder.mkdir(parents=True, exist_ok=True)
    received = done.received_at.astimezone(settings.zone)
    name = fit_name(f"{received:%Y%m%d}-{done.file_name.replace('/', '_')}", f"-{str(done.id)[:8]}.txt")
    (folder / name).write_text("\n".join(_lines(settings, done)) + "\n", encoding="utf-8")


def _lines(settings: Settings, done: Intake) -> Iterator[str]:
    case = done.case.number_as_given if done.case else "（未归入案件）"
    alike = intake.cases_alike(done)
    yield f"文件：{done.file_name}"
    yield f"结果：{IntakeState(done.state).label}"
    yield f"案号：{case}{'（新建案件，请核对案号是否写错）' if intake.opened_case(done) else ''}"
    if alike:
        yield f"相近的已有案号：{'、'.join(alike)}（归错了可以改归，见指南）"
    yield f"收到时间：{shown(done.received_at, settings.zone)}"
    if done.error_code:
        yield f"错误代码：{done.error_code}"
        yield f"说明：{done.error_zh}"
        yield f"重试：quancheng intake retry {done.id}"
    yield from _record(settings, done)
    yield f"登记编号：{done.id}"
    yield f"摘要：{done.original.digest}"


def _record(settings: Settings, done: Intake) -> Iterator[str]:
    held = {"original": done.original, "case": done.case}
    if done.kind == IntakeKind.DOCUMENT:
        document = WrittenDocument.objects.filter(**held).first()
        if document is not None:
            reading = reading_of(document)
            yield from _form(reading, settings.zone)
            yield from _findings([*(Finding.model_validate(f) for f in document.findings), *reading.findings])
            yield f"档案编号：{document.archive_id}"
        return
    recording = Recording.objects.filter(**held).first()
    if recording is not None:
        report = RecordingReport.model_validate(recording.report)
        late = handover_findings(done, settings.handover_hours)
        yield f"起止时间：{_span(recording.start, recording.end, settings.zone)}"
        yield f"时间依据：{name_of(report.clock.source).zh if report.clock.source else '无'}，{report.clock.reason.zh}"
        yield f"检验结论：{report.integrity.summary.zh}"
        yield from _findings([*late, *report.clock.findings, *report.integrity.findings])
        yield f"档案编号：{recording.archive_id}"


def _form(reading: FormReading, zone: ZoneInfo) -> Iterator[str]:
    """What was read; what is for review is a proposal and says so."""
    interval = reading.interval
    read = {
        "form": reading.form.name if reading.form else "未能辨认",
        "number": reading.number.normalised if reading.number else "未读到",
        "interval": _span(interval.start, interval.end, zone) if interval else "未读到",
        "party": reading.party.value if reading.party else "未读到",
    }
    for name, value in read.items():
        yield f"{_REVIEW_ZH[name]}：{value}{'（请核对）' if name in reading.review else ''}"
    yield f"需人工核对：{'、'.join(to_review(reading)) or '无'}"


def to_review(reading: FormReading) -> list[str]:
    """What a person must check, in the words of the form."""
    labels = reading.labels | _REVIEW_ZH
    return [labels.get(name, name) for name in reading.review]


def _span(start: datetime | None, end: datetime | None, zone: ZoneInfo) -> str:
    return shown(start, zone) if end is None else f"{shown(start, zone)} 至 {shown(end, zone)}"


def _findings(findings: Iterable[Finding]) -> Iterator[str]:
    told = [
        f"· {f.severity.zh}：{f.sentence.zh}{'' if f.at is None else f'（位于 {f.at:.1f} 秒）'}（{f.code}）"
        for f in findings
    ]
    yield from ("检验发现：", *told) if told else ("检验发现：无",)
