"""Rows of Paperless' metadata tab: what was read, what a person must check, what the signatures are worth."""

from collections.abc import Iterator
from datetime import datetime

from quancheng_plugin.findings import Finding, Severity
from quancheng_plugin.forms.reading import FormReading, IntervalRead
from quancheng_plugin.host.outcome import Outcome
from quancheng_plugin.host.paperless import MetadataEntry, Row, entries
from quancheng_plugin.signing.report import SignatureReport, VerifyReport

_NAMES = {"form": "文书种类", "number": "文书编号", "interval": "起止时间", "party": "当事人"}
_INTACT = {True: "签名的内容未被改动", False: "签名与文件内容不符", None: "内容未能验证"}
_STAMP = {True: "与签名相符", False: "与签名不符", None: "未能验证"}
_CHECK = "（待核对）"
_FROM_LAYER = "（取自文本层）"
_SEE_FIELDS = "以自定义字段为准：文件来时已由本单位签名，此处的值取自其文本层，没有重新识别"


def of_outcome(outcome: Outcome) -> list[MetadataEntry]:
    """Form, number, interval, party, labelled fields, then the list of what a person must check.

    A value in doubt is marked where it stands as well: it is a proposal, never a fact. What was read from a text layer
    of ours is marked as that: whoever made the file had the confidences and entered what holds, in the fields.
    """
    if outcome.failure:
        return entries([("处理结果", f"全程未能处理：{outcome.failure.sentence.zh}（{outcome.failure.code}）")])
    reading = outcome.reading
    rows = list(_reading_rows(reading, from_layer=outcome.is_from_layer)) if reading else []
    if outcome.is_from_layer:
        return entries([*rows, ("待核对", _SEE_FIELDS)])
    return entries([*rows, *_said("提示", (*outcome.findings, *(reading.findings if reading else ())))])


def of_signatures(report: VerifyReport) -> list[MetadataEntry]:
    """The state of all signatures in one row, then one for each, then what is to be said of them."""
    rows = [("签名状态", _state(report)), *(_signature_row(each) for each in report.signatures)]
    return entries([*rows, *_said("签名提示", report.findings if report.signatures else ())])


def unverified() -> list[MetadataEntry]:
    """Said of a file whose signatures could not be looked at: neither a good nor a bad sign."""
    return entries([("签名状态", "未能验证（文件无法读取或验证配置有误），这既不表示有效，也不表示被改动。")])


def _said(key: str, findings: tuple[Finding, ...]) -> list[Row]:
    return [(key, finding.sentence.zh) for finding in findings if finding.severity is not Severity.INFO]


def _reading_rows(reading: FormReading, *, from_layer: bool) -> Iterator[Row]:
    values = {
        "form": reading.form.name if reading.form else "",
        "number": reading.number.normalised if reading.number else "",
        "interval": _interval(reading.interval) if reading.interval else "",
        "party": reading.party.value if reading.party else "",
    }
    mark = _FROM_LAYER if from_layer else _CHECK
    for name, value in values.items():
        yield _NAMES[name], _marked(name, value or "未读出", reading, mark)
    for name, field in reading.fields.items():
        if name not in values:
            yield field.label, _marked(name, field.value, reading, mark)
    if not from_layer:
        yield "待核对", "、".join(_label(name, reading) for name in reading.review) or "无"


def _marked(name: str, value: str, reading: FormReading, mark: str) -> str:
    return f"{value}{mark}" if name in reading.review else value


def _label(name: str, reading: FormReading) -> str:
    return _NAMES.get(name) or reading.labels.get(name, name)


def _interval(read: IntervalRead) -> str:
    if read.start is None:
        return read.raw
    if read.end is None:
        return _minute(read.start)
    same_day = read.start.date() == read.end.date()
    return f"{_minute(read.start)} 至 {f'{read.end:%H:%M}' if same_day else _minute(read.end)}"


def _minute(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M}"


def _state(report: VerifyReport) -> str:
    """One sentence; what could not be checked is never told as a change."""
    if not report.signatures:
        return "无数字签名"
    if report.valid:
        return f"有效（{len(report.signatures)} 个签名，被签名的内容未被改动）"
    high = [finding.sentence.zh for finding in report.findings if finding.severity is Severity.HIGH]
    return f"有异常：{high[0]}" if high else "未能确认有效，原因见下列各签名"


def _signature_row(each: SignatureReport) -> Row:
    stamp = each.time_stamp
    parts = [
        f"签名人 {each.signer}",
        _INTACT[each.intact],
        f"信任：{each.trust.zh}",
        f"自称签于 {each.signed_at:%Y-%m-%d %H:%M:%S %z}" if each.signed_at else "",
        f"时间戳 {stamp.at:%Y-%m-%d %H:%M:%S %z}（{_STAMP[stamp.intact]}）" if stamp else "无时间戳",
        f"未检查：{'、'.join(each.not_checked)}" if each.not_checked else "",
    ]
    return f"签名 {each.field}", "；".join(part for part in parts if part)
