"""The command `quancheng`."""

import sys

import typer

from quancheng_sidecar.cli import (
    case,
    clock,
    demo,
    device,
    document,
    intake,
    log,
    paperless,
    recording,
    search,
    store,
    up,
    usage,
)
from quancheng_sidecar.cli.output import coded_errors, write_any_sign
from quancheng_sidecar.wiring import configure_logs

app = typer.Typer(
    name="quancheng",
    help="全程：行政执法全过程记录。文书识别与签名、声像资料检验、起止时间核对、保管日志与检索。",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.add_typer(document.app, name="document", help="文书：识别、签名、归档、验证。")
app.add_typer(recording.app, name="recording", help="声像资料：检验、收存。")
app.add_typer(case.app, name="case", help="案件：文书与声像资料的核对。")
app.add_typer(intake.app, name="intake", help="收集登记：查看、重试。")
app.add_typer(log.app, name="log", help="保管日志：核验、出具证明。")
app.add_typer(device.app, name="device", help="设备：校时、学习其习惯。")
app.add_typer(store.app, name="store", help="存储库：固定性核查。")
app.add_typer(paperless.app, name="paperless", help="Paperless-ngx：设置、检查。")
app.command("search")(search.search)
app.command("up")(up.up)
app.command("clock")(clock.clock)
app.command("demo")(demo.demo)


def run() -> None:
    """Entry point of the console script; whatever a command meets, it ends in a coded error."""
    as_json = "--json" in sys.argv
    write_any_sign(as_json=as_json)
    try:
        with coded_errors(as_json=as_json):
            configure_logs()
            usage.speak_chinese()
            sys.exit(usage.run(app))
    except typer.Exit as left:  # an error before or beside a command of its own
        sys.exit(left.exit_code)
