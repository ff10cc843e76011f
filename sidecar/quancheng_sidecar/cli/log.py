"""`quancheng log …`."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from pydantic import BaseModel, ConfigDict

from quancheng_plugin.errors import UnreadableInput
from quancheng_sidecar.cli.output import (
    Exit,
    JsonOption,
    coded_errors,
    listing,
    mark,
    people,
    print_json,
    progress,
    say,
)
from quancheng_sidecar.core.event import Event, read_event
from quancheng_sidecar.web.ready import ready

app = typer.Typer(no_args_is_help=True)

_NEWEST = 20


class History(BaseModel):
    """Acts that the custody log has, oldest first; `named` is what was asked for, null for the newest of all."""

    model_config = ConfigDict(frozen=True)

    named: str | None
    events: tuple[Event, ...]


class CheckedProof(BaseModel):
    """A proof that holds: `event` is act number `event.seq` of the log `origin`, which then had `size` events.

    It does not show when the act took place (its time is the log's own claim), nor what was logged later.
    """

    model_config = ConfigDict(frozen=True)

    origin: str
    size: int
    event: Event


@app.command(name="list")
def list_(
    named: Annotated[
        str | None,
        typer.Argument(help="档案编号、案号、SHA-256 摘要，或本机上的一个文件（按其内容查）。不写则列最近的记录。"),
    ] = None,
    *,
    newest: Annotated[
        int | None, typer.Option("--newest", min=1, help="最多列出最近的几条；不写对象时默认 20。")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """列出一份文书、一份声像资料或一个案件的保管经过：何时、何人、做了什么、结果如何。"""
    ready()
    from quancheng_sidecar.use.history import history, subjects_of
    from quancheng_sidecar.wiring import parts

    with coded_errors(as_json=as_json):
        subjects = subjects_of(parts(), named) if named else None
        events = history(subjects, newest=newest or (None if named else _NEWEST))
    if as_json:
        print_json(History(named=named, events=tuple(events)))
    else:
        _show(named, events)


def _show(named: str | None, events: Sequence[Event]) -> None:
    from quancheng_sidecar.settings import settings
    from quancheng_sidecar.use.history_words import in_words

    if not events:
        people.print(
            f"保管日志中没有“{named}”的记录：这个文件没有收存过，或与收存时的字节不同。"
            if named
            else "保管日志还没有记录。"
        )
        return
    table = listing("序号", "时间", "行为", "经手人", "结果", "说明", title=f"保管经过（时间为 {settings().zone}）")
    for line in in_words(events):
        table.add_row(*line)
    people.print(table)
    people.print("出具其中一条的证明：quancheng log prove 序号；全部重新计算：quancheng log verify")


@app.command()
def verify(
    *,
    kept: Annotated[
        list[Path] | None,
        typer.Option("--kept", help="另行保存的检查点文件（custody-log.checkpoint 的副本），一并比对；可写多次。"),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """重新计算整个保管日志；如有不符，指出第一条不符的记录。"""
    ready()
    from quancheng_sidecar.preserve import log

    with coded_errors(as_json=as_json), progress("核验保管日志") as bar:
        held = [_text(path) for path in kept or ()]
        result = log.verify(
            progress=lambda done, total: bar.update(bar.task_ids[0], completed=done, total=total), held=held
        )
    if as_json:
        print_json(result)
    else:
        people.print(mark(ok=result.ok), say(result.sentence))
    if not result.ok:
        raise typer.Exit(Exit.HIGH_FINDINGS)


@app.command()
def prove(event: Annotated[str, typer.Argument(help="记录的编号或序号。")], *, as_json: JsonOption = False) -> None:
    """为一条记录出具可离线核验的包含证明（C2SP tlog-proof）。"""
    ready()
    from quancheng_sidecar.preserve import log

    with coded_errors(as_json=as_json):
        proof = log.prove(int(event) if event.isdecimal() else event)
    if as_json:
        print_json(proof)
    else:
        # The proof and nothing more: what is written into a file must verify.
        people.print(proof.text(), highlight=False, soft_wrap=True, end="")


@app.command()
def check(
    proof: Annotated[Path, typer.Argument(help="log prove 出具的证明。")],
    *,
    key: Annotated[
        str, typer.Option("--key", help="日志的公钥（一行），或存有它的文件；须从保管单位另行取得，不取自证明本身。")
    ],
    as_json: JsonOption = False,
) -> None:
    """离线核验一份证明：不需要日志，也不需要本单位的数据。"""
    from quancheng_sidecar.core.signed_note import VerifierKey
    from quancheng_sidecar.core.tlog_proof import verify_proof

    with coded_errors(as_json=as_json):
        told = _text(Path(key)) if Path(key).is_file() else key
        head, proven = verify_proof(_text(proof), [VerifierKey.parse(told.strip())])
        checked = CheckedProof(origin=head.origin, size=head.size, event=read_event(proven))
    if as_json:
        print_json(checked)
        return
    people.print(
        mark(ok=True), f"这条记录在日志 {head.origin} 中（第 {checked.event.seq} 条；签署时共 {head.size} 条）。"
    )
    people.print(proven.decode(), highlight=False, soft_wrap=True)
    people.print("时间是日志自己写下的；证明只说明这条记录在签署检查点之前已在日志中。")


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError as error:
        raise UnreadableInput(
            zh=f"读不出“{path}”（{error.strerror}）。请核对路径和权限。",
            en=f"{path} cannot be read: {error.strerror}. Check path and permissions.",
        ) from error
