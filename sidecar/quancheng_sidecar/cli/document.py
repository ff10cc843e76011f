"""`quancheng document …`."""

import tempfile
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from quancheng_plugin.forms.reading import FormReading
from quancheng_plugin.signing.report import VerifyReport
from quancheng_sidecar.cli.output import (
    Exit,
    JsonOption,
    coded_errors,
    findings_table,
    leave_by,
    listing,
    pairs_table,
    people,
    print_json,
    progress,
    say,
)
from quancheng_sidecar.settings import settings
from quancheng_sidecar.web.ready import ready

app = typer.Typer(no_args_is_help=True)

_INTACT_ZH = {True: "是", False: "否", None: "未检查（算法不支持）"}

FileArgument = Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="PDF 或图片（JPEG、PNG、TIFF）。")]
IdArgument = Annotated[str, typer.Argument(help="档案编号（document list 可查）。")]
CaseOption = Annotated[str | None, typer.Option("--case", help="案号。")]


@app.command()
def read(file: FileArgument, *, as_json: JsonOption = False) -> None:
    """识别一份文书：文书名称、编号、起止时间、当事人及各栏目；不保存、不签名。"""
    from quancheng_plugin import document

    with coded_errors(as_json=as_json), tempfile.TemporaryDirectory() as work, progress(f"识别 {file.name}"):
        done = document.process(file, Path(work), settings(), sign=False)
    if as_json:
        print_json(done.reading)
    else:
        _show_reading(done.reading)
        if done.findings:
            people.print(findings_table(list(done.findings)))
    leave_by([*done.findings, *done.reading.findings])


@app.command()
def add(
    files: Annotated[list[Path], typer.Argument(exists=True, dir_okay=False, help="要归档的文书。")],
    *,
    case: CaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """识别、签名并归档文书；出错的文件保留在隔离区并列出。"""
    ready()
    from quancheng_sidecar.cli.adding import add_all
    from quancheng_sidecar.collect.intake import Submission
    from quancheng_sidecar.collect.models import IntakeKind

    add_all(files, Submission(kind=IntakeKind.DOCUMENT, case=case), as_json=as_json)


@app.command()
def sign(
    source: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="要签名的 PDF。")],
    out: Annotated[Path, typer.Argument(dir_okay=False, help="签名后的 PDF。")],
    *,
    number: Annotated[str | None, typer.Option("--number", help="印在印章上的文书编号，也用于二维码地址。")] = None,
    as_json: JsonOption = False,
) -> None:
    """签名一份 PDF（PAdES），原文件不变。"""
    from quancheng_plugin.signing.sign import Seal, sign_pdf
    from quancheng_plugin.signing.verify import verify_pdf

    if out.exists():
        raise typer.BadParameter(f"“{out}”已存在；为免覆盖，请另取文件名。", param_hint="OUT")
    with coded_errors(as_json=as_json):
        sign_pdf(source, out, settings(), seal=Seal.of(settings(), number=number))
        _show_verification(verify_pdf(out, settings()), as_json=as_json)


@app.command()
def verify(file: FileArgument, *, as_json: JsonOption = False) -> None:
    """逐个验证 PDF 的签名：完整性、覆盖范围、信任、时间戳，以及未检查的内容；没有有效签名时退出码为 3。"""
    from quancheng_plugin.signing.verify import verify_pdf

    with coded_errors(as_json=as_json):
        report = verify_pdf(file, settings())
        _show_verification(report, as_json=as_json)
    if not report.valid:
        raise typer.Exit(Exit.HIGH_FINDINGS)


@app.command("list")
def list_documents(
    *,
    case: CaseOption = None,
    review: Annotated[bool, typer.Option("--review", help="只列出有内容需要人工核对的。")] = False,
    as_json: JsonOption = False,
) -> None:
    """列出已归档的文书；加 --review 只看需要核对的。"""
    ready()
    from quancheng_sidecar.cli import records

    records.list_documents(case=case, review=review, as_json=as_json)


@app.command()
def show(archive_id: IdArgument, *, as_json: JsonOption = False) -> None:
    """显示一份已归档文书：识别结果、历次更正、核对结论、关联的声像资料。"""
    ready()
    from quancheng_sidecar.cli.records import document_detail, show_corrections, show_links
    from quancheng_sidecar.collect.corrections import find_document

    with coded_errors(as_json=as_json):
        entry = document_detail(find_document(archive_id))
    if as_json:
        print_json(entry)
        return
    _show_reading(entry.reading)
    if entry.findings:
        people.print(findings_table(list(entry.findings)))
    show_corrections(entry.corrections)
    if entry.agreement:
        people.print(say(entry.agreement.sentence))
    show_links(entry.links)


@app.command()
def correct(
    archive_id: IdArgument,
    *,
    why: Annotated[str, typer.Option("--why", help="更正的理由，例如“对照原件”。")],
    form: Annotated[str | None, typer.Option("--form", help="文书名称或代码。")] = None,
    number: Annotated[str | None, typer.Option("--number", help="文书编号。")] = None,
    start: Annotated[
        str | None, typer.Option("--start", help="开始时间，如 2026-03-01T09:30+08:00；空为没有。")
    ] = None,
    end: Annotated[str | None, typer.Option("--end", help="结束时间；空为没有。")] = None,
    party: Annotated[str | None, typer.Option("--party", help="当事人。")] = None,
    fields: Annotated[list[str] | None, typer.Option("--field", help="其他栏目，如 place=码头；可多次。")] = None,
    confirmed: Annotated[
        list[str] | None, typer.Option("--confirm", help="核对无误的项目，如 interval；可多次。")
    ] = None,
    case: Annotated[
        str | None, typer.Option("--case", help="改归的案号（归错案时）；空为移出案件。单独使用，须确认。")
    ] = None,
    by: Annotated[str, typer.Option("--by", help="更正人；默认为当前登录名。")] = "",
    yes: Annotated[bool, typer.Option("--yes", help="改归案件不再询问。")] = False,
    as_json: JsonOption = False,
) -> None:
    """更正或确认一份文书的内容：更正值记在原值旁边，注明何人、何时、何故；随后重新核对案件。"""
    ready()
    from quancheng_sidecar.cli.records import document_entry, show_corrections
    from quancheng_sidecar.cli.verdicts import judge_again
    from quancheng_sidecar.collect.agents import agent_of
    from quancheng_sidecar.collect.corrections import correct_document, find_document
    from quancheng_sidecar.wiring import parts

    named = {"form": form, "number": number, "start": start, "end": end, "party": party}
    values = {name: value for name, value in named.items() if value is not None} | _pairs(fields or [])
    with coded_errors(as_json=as_json):
        if case is not None:
            from quancheng_sidecar.cli.moving import move  # draws and signs cards, which no other correction does

            done = find_document(archive_id)
            move(done, case, {**values, "--confirm": confirmed}, by=by, why=why, yes=yes)
        else:
            done = correct_document(parts(), archive_id, values, confirmed=confirmed or [], by=agent_of(by), why=why)
            judge_again({done.case.number} if done.case else ())
        entry = document_entry(done)
    if as_json:
        print_json(entry)
    else:
        _show_reading(entry.reading)
        show_corrections(entry.corrections)


def _pairs(texts: list[str]) -> dict[str, str]:
    pairs = [text.partition("=") for text in texts]
    if not all(mark and name for name, mark, _ in pairs):
        raise typer.BadParameter("--field 应写作 名称=内容，例如 place=码头。")
    return {name: value for name, _, value in pairs}


_AFTER_ZH = {
    "none": "否（其后有不属于任何签名的字节）",
    "lta_updates": "否（其后只有长期验证数据或时间戳）",
    "form_filling": "否（其后只有允许的填写或签名）",
    "annotations": "否（其后有批注）",
    "other": "否（其后有其他改动）",
    "unknown": "不明",
}


def _shown(at: datetime) -> str:
    return f"{at.astimezone(settings().zone):%Y-%m-%d %H:%M:%S%z}"


def _show_verification(report: VerifyReport, *, as_json: bool) -> None:
    if as_json:
        print_json(report)
    else:
        people.print(Text("签名有效", "green") if report.valid else Text("没有有效签名", "bold red"))
        for signature in report.signatures:
            people.print(
                pairs_table(
                    signature.field,
                    {
                        "签名人": signature.signer,
                        "级别": signature.level or "未知",
                        "内容未被改动": _INTACT_ZH[signature.intact],
                        "覆盖整个文件": "是" if signature.covers_whole_file else _AFTER_ZH[signature.changes_after],
                        "信任": signature.trust.zh,
                        "自称时间": _shown(signature.signed_at) if signature.signed_at else "无",
                        "时间戳": f"{_shown(signature.time_stamp.at)}（{signature.time_stamp.authority}）"
                        if signature.time_stamp
                        else "无",
                        "未检查": "；".join(signature.not_checked) or "无",
                    },
                )
            )
        if report.findings:
            people.print(findings_table(list(report.findings)))
    leave_by(list(report.findings))


def _show_reading(reading: FormReading) -> None:
    table = listing("栏目", "内容", "原文", "把握", "需核对", title="识别结果")
    for name, value, raw, confidence in _rows(reading):
        table.add_row(name, value, raw, confidence, Text("请核对", "yellow") if name in reading.review else "")
    people.print(table)
    if reading.findings:
        people.print(findings_table(list(reading.findings)))


def _rows(reading: FormReading) -> list[tuple[str, str, str, str]]:
    form, number, interval, party = reading.form, reading.number, reading.interval, reading.party
    head = [
        ("form", form.name if form else "未能辨认", "", f"{form.confidence:.0%}" if form else ""),
        ("number", number.normalised, number.raw, f"{number.confidence:.0%}") if number else ("number", "无", "", ""),
        ("interval", f"{interval.start or '？'} 至 {interval.end or '—'}", interval.raw, f"{interval.confidence:.0%}")
        if interval
        else ("interval", "无", "", ""),
        ("party", party.value, party.raw, f"{party.confidence:.0%}") if party else ("party", "无", "", ""),
    ]
    return head + [(key, f.value, f.raw, f"{f.confidence:.0%}") for key, f in reading.fields.items()]
