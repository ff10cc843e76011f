"""`quancheng paperless sync`: one round after the other, here and now, until both sides are in step."""

import time
from datetime import datetime
from uuid import UUID

import typer
from pydantic import BaseModel, ConfigDict

from quancheng_sidecar.cli.instants import Instant
from quancheng_sidecar.cli.output import Exit, listing, people, print_json
from quancheng_sidecar.collect import paperless, services
from quancheng_sidecar.collect.models import Intake
from quancheng_sidecar.collect.workplace import workplace
from quancheng_sidecar.preserve import log
from quancheng_sidecar.use.services import judge_case
from quancheng_sidecar.wiring import parts

_PAUSE_S = 2


class Waiting(BaseModel):
    """A document that is not in step yet, and what the last try met; `remote_id` is None until it is there."""

    model_config = ConfigDict(frozen=True)

    archive_id: str
    title: str
    remote_id: int | None
    due_at: Instant
    error_code: str | None
    error_zh: str | None


class SyncReport(BaseModel):
    """What a synchronisation did: documents taken over, cases judged again, and what still waits."""

    model_config = ConfigDict(frozen=True)

    taken_over: tuple[str, ...]
    cases: tuple[str, ...]
    waiting: tuple[Waiting, ...]


def sync(*, patience_s: float, since: datetime | None, as_json: bool) -> None:
    """Rounds until nothing waits or the time is over; leaves with 1 when something is left."""
    if since is not None:
        paperless.look_back(since)
    taken, cases = list[UUID](), set[str]()
    until = time.monotonic() + patience_s
    with workplace(parts().workdir / "paperless") as free:
        while free is not None:
            fresh: list[Intake] = []
            done = paperless.step(parts(), fresh.append)
            cases |= done.cases
            for intake in fresh:
                taken_in = services.process(parts(), intake.id)
                cases |= {taken_in.case.number} if taken_in.case else set()
            for case in cases:
                judge_case(parts(), case)
            taken += [intake.id for intake in fresh]
            if time.monotonic() > until or not (fresh or done.later or paperless.waiting()):
                break
            time.sleep(_PAUSE_S)
    log.checkpoint()
    report = SyncReport(
        taken_over=tuple(map(str, taken)),
        cases=tuple(sorted(cases)),
        waiting=tuple(
            Waiting(
                archive_id=str(twin.document_id),
                title=twin.document.title,
                remote_id=twin.remote_id,
                due_at=twin.due_at,
                error_code=twin.error_code or None,
                error_zh=twin.error_zh or None,
            )
            for twin in paperless.waiting()
        ),
    )
    if as_json:
        print_json(report)
    else:
        _show(report, busy=free is None)
    if report.waiting:
        raise typer.Exit(Exit.FAILED)


def _show(report: SyncReport, *, busy: bool) -> None:
    if busy:
        people.print("后台（quancheng up）正在同步，此处只列出尚未完成的。")
    people.print(f"从 Paperless 收入 {len(report.taken_over)} 份；重新核对案件 {len(report.cases)} 个。")
    table = listing("档案编号", "标题", "Paperless 编号", "下次处理", "说明", title="尚未同步")
    for each in report.waiting:
        said = f"{each.error_code} {each.error_zh}" if each.error_code else ""
        table.add_row(
            each.archive_id,
            each.title,
            str(each.remote_id or ""),
            f"{each.due_at:%H:%M:%S}",
            said,
        )
    people.print(table if report.waiting else "两边一致，没有等待同步的内容。")
