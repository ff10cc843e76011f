"""What is typed wrongly is told in Chinese, with status 2, by every command alike."""

import contextlib
from collections.abc import Sequence

import pytest
import typer

from quancheng_sidecar.cli import usage
from quancheng_sidecar.cli.main import app


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["docment"], "没有命令“docment”。是不是 'document'？"),
        (["document", "add"], "缺少参数“files”。"),
        (["document", "add", "没有 的.pdf"], "files：“没有 的.pdf”不存在，请核对路径。"),
        (["recording", "add", "/", "--case", "1"], "files：“/”是文件夹，应为文件。"),
        (["document", "correct", "1"], "缺少选项 --why。"),
        (["document", "correct", "1", "--why"], "选项 --why 后面要写内容。"),
        (["document", "list", "--jsn"], "没有选项 --jsn。是不是 --json？"),
        (["document", "list", "--json=3"], "选项 --json 后面不写内容。"),
        (["search", "甲", "乙"], "多出了：乙。"),
        (["search", "甲", "--limit", "多"], "--limit：应为数字。"),
        (["search", "甲", "--limit", "0"], "--limit：不应小于 1。"),
        (["device", "forget", "甲", "--why", "误", "--habit", "乙"], "--habit：“乙”不可用，可填：'container', "),
        (["recording", "add", "/etc/hostname", "--stage", "谈话"], "--stage：环节应为：现场检查"),
        (["recording", "add", "/etc/hostname", "--returned-at", "明天"], "--returned-at：时间应写作"),
    ],
)
def test_a_usage_error_is_told_in_chinese(words: Sequence[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    """One sentence, and where the usage stands."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sys.argv", ["quancheng", *words])
        assert usage.run(app) == 2
    told = capsys.readouterr().err.replace("\n", "")
    assert said in told
    assert "用法见 quancheng" in told


def test_a_command_alone_shows_its_help(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """What it can do, under Chinese headings, with the status of a usage error."""
    usage.speak_chinese()
    monkeypatch.setattr("sys.argv", ["quancheng", "case"])
    assert usage.run(app) == 2
    shown = "".join(capsys.readouterr())
    assert ("命令" in shown, "核对案件中每份文书" in shown) == (True, True)
    assert ("显示本说明。" in shown, "Show this message" in shown) == (True, False)


def test_status_and_interruption_of_a_command_are_kept(capsys: pytest.CaptureFixture[str]) -> None:
    """Its own status is that of the process; who answers no or presses Ctrl-D is told that nothing was changed."""
    own = typer.Typer()

    @own.command()
    def leave(how: str) -> None:
        if how == "findings":
            raise typer.Exit(3)
        with contextlib.suppress(ValueError):
            raise typer.Abort

    for how, status in (("findings", 3), ("abort", 1)):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("sys.argv", ["quancheng", how])
            assert usage.run(own) == status
    assert "已取消" in capsys.readouterr().err
