"""Usage errors and the frames of help in Chinese: what typer says of its own accord is English."""

import re
from typing import Any, cast

import typer
from rich.columns import Columns
from rich.text import Text
from typer import rich_utils

from quancheng_sidecar.cli.output import notes

_Usage = cast("type[Exception]", typer.BadParameter.__mro__[1])
"""The class of every usage error, which typer does not name in public."""

_FRAMES = {
    "ARGUMENTS_PANEL_TITLE": "参数",
    "OPTIONS_PANEL_TITLE": "选项",
    "COMMANDS_PANEL_TITLE": "命令",
    "ERRORS_PANEL_TITLE": "用法有误",
    "REQUIRED_LONG_STRING": "[必填]",
    "DEFAULT_STRING": "[默认：{}]",
    "ABORTED_TEXT": "已取消，没有改动。",
}

_HELP = {
    "Show this message and exit.": "显示本说明。",
    "Install completion for the current shell.": "在当前命令行环境中安装自动补全。",
    "Show completion for the current shell, to copy it or customize the installation.": "显示自动补全脚本，供复制。",
}
"""What typer says of the options that it adds to every command."""

_SAID = tuple(
    (re.compile(pattern, re.DOTALL), zh)
    for pattern, zh in (
        (r"Missing argument '?(.+?)'?\.", "缺少参数“{}”。"),
        (r"Missing option '?(.+?)'?\.", "缺少选项 {}。"),
        (r"Missing command\.", "缺少子命令。"),
        (r"No such command '(.+?)'\.(?: Did you mean (.+)\?)?", "没有命令“{}”。"),
        (r"No such option:? '?(.+?)'?\.?(?: (?:Did you mean|\(Possible options:) (.+))?", "没有选项 {}。"),
        (r"Option '?(.+?)'? requires an argument\.", "选项 {} 后面要写内容。"),
        (r"Option '?(.+?)'? requires (\d+) arguments\.", "选项 {} 后面要写 {} 项内容。"),
        (r"Option '?(.+?)'? does not take a value\.", "选项 {} 后面不写内容。"),
        (r"Got unexpected extra argument(?:s|\(s\))? \((.*)\)\.?", "多出了：{}。含空格的内容请用引号括起来。"),
        (r"(?i:file|directory|path) '(.*)' does not exist\.", "“{}”不存在，请核对路径。"),
        (r"(?i:file|directory|path) '(.*)' is a directory\.", "“{}”是文件夹，应为文件。"),
        (r"(?i:file|directory|path) '(.*)' is a file\.", "“{}”是文件，应为文件夹。"),
        (r"(?i:file|directory|path) '(.*)' is not (?:readable|writable)\.", "没有权限使用“{}”。"),
        (r"(?:Value error, )?'(.*)' is not one of (.+)\.", "“{}”不可用，可填：{}。"),
        (r"Input should be a valid (?:integer|number).*", "应为数字。"),
        (r"Input should be greater than or equal to (\S+)", "不应小于 {}。"),
        (r"Input should be less than or equal to (\S+)", "不应大于 {}。"),
    )
)
_OF_A_VALUE = re.compile(r"Invalid value for '?(.+?)'?: (.*)", re.DOTALL)
_SUGGESTED = re.compile(r"Did you mean (.+)\?|\(Possible options: (.+)\)")


def speak_chinese() -> None:
    """Have the frames of help and errors, and the options of typer's own, say in Chinese what they say."""
    for name, zh in _FRAMES.items():
        setattr(rich_utils, name, zh)
    rich_utils._get_parameter_help = _helped  # noqa: SLF001  typer has no public place for these three sentences


_helped_in_english = rich_utils._get_parameter_help  # noqa: SLF001  as above


def _helped(*, param: Any, **rest: Any) -> Columns:  # noqa: ANN401  typer's own types, which it does not name in public
    said = getattr(param, "help", None)
    if said in _HELP:
        param.help = _HELP[said]
    return _helped_in_english(param=param, **rest)


def run(app: typer.Typer) -> int:
    """Run the command; gives its exit status, with usage errors told in Chinese."""
    try:
        left = app(standalone_mode=False)
    except typer.Abort:
        notes.print(_FRAMES["ABORTED_TEXT"])
        return 1
    except _Usage as error:
        return _tell(error)
    return left if isinstance(left, int) else 0


def _tell(error: Exception) -> int:
    told = in_chinese(error.format_message())  # type: ignore[attr-defined]  # every usage error of typer has it
    if told is None:
        rich_utils.rich_format_error(error)  # type: ignore[arg-type]  # help where no command was given, too
    else:
        context = error.ctx  # type: ignore[attr-defined]  # as above
        path = context.command_path if context else "quancheng"
        notes.print(Text.assemble(("用法有误", "bold red"), f"  {told}"), highlight=False)
        notes.print(f"用法见 {path} -h", highlight=False)
    return int(error.exit_code)  # type: ignore[attr-defined]  # as above


def in_chinese(said: str) -> str | None:
    """A message of typer's in Chinese; None for one that is not known, such as the help itself."""
    of_value = _OF_A_VALUE.fullmatch(said)
    if of_value:
        name, why = of_value.groups()
        return f"{name}：{in_chinese(why) or why}"
    for pattern, zh in _SAID:
        found = pattern.fullmatch(said)
        if found:
            return zh.format(*(each or "" for each in found.groups())) + _suggestion(said)
    return None


def _suggestion(said: str) -> str:
    found = _SUGGESTED.search(said)
    return f"是不是 {found[1] or found[2]}？" if found else ""
