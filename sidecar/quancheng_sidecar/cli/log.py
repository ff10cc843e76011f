"""`quancheng log …`."""

from typing import Annotated

import typer

from quancheng_sidecar.cli.output import Exit, JsonOption, coded_errors, mark, people, print_json, progress, say
from quancheng_sidecar.web.ready import ready

app = typer.Typer(no_args_is_help=True)


@app.command()
def verify(*, as_json: JsonOption = False) -> None:
    """重新计算整个保管日志；如有不符，指出第一条不符的记录。"""
    ready()
    from quancheng_sidecar.preserve import log

    with coded_errors(as_json=as_json), progress("核验保管日志") as bar:
        result = log.verify(progress=lambda done, total: bar.update(bar.task_ids[0], completed=done, total=total))
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
