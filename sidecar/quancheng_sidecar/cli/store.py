"""`quancheng store …`."""

import typer

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
from quancheng_sidecar.web.ready import ready

app = typer.Typer(no_args_is_help=True)


@app.command()
def verify(*, as_json: JsonOption = False) -> None:
    """固定性核查：重新读取全部原件，与摘要、登记和保管日志比对；结果记入保管日志。"""
    ready()
    from quancheng_sidecar.collect.agents import current_agent
    from quancheng_sidecar.preserve import fixity, log
    from quancheng_sidecar.wiring import parts

    with coded_errors(as_json=as_json), progress("固定性核查", total=fixity.size_of_round()) as bar:
        report = fixity.fixity_round(
            parts().store, agent=current_agent(), progress=lambda done: bar.update(bar.task_ids[0], completed=done)
        )
        log.checkpoint()
    if as_json:
        print_json(report)
    else:
        people.print(mark(ok=report.ok), say(report.sentence))
        table = listing("摘要", "问题")
        for fault in report.faults:
            table.add_row(fault.digest, say(fault.sentence).removeprefix(fault.digest).lstrip("：: "))
        if report.faults:
            people.print(table)
    if not report.ok:
        raise typer.Exit(Exit.HIGH_FINDINGS)
