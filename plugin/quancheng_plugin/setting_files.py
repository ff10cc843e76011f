"""Settings that stand in files, as containers and services hand secrets over: one rule for every setting.

`QUANCHENG_NAME_FILE` names a file whose text is the value of `QUANCHENG_NAME`. White space around the text does not
count, for editors end files with a line break; an empty file is no value, so that a secret may be left out without
changing the place where it is named.
"""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from pydantic_settings import BaseSettings, EnvSettingsSource

from quancheng_plugin.errors import QuanchengError

_SUFFIX = "_FILE"


class SettingsInvalid(QuanchengError):
    """A `QUANCHENG_*` variable has a value that means nothing, or names a file that cannot be used."""

    code = "QC-SETTINGS"


class FileSource(EnvSettingsSource):
    """Source of the settings whose value stands in a file. Raises `SettingsInvalid`."""

    def __init__(self, of: type[BaseSettings]) -> None:
        """Read the files that the environment names for settings of this class."""
        super().__init__(of)
        self.env_vars: Mapping[str, str] = dict(_read(f"{self.env_prefix}{name}".upper() for name in of.model_fields))


def _read(variables: Iterator[str]) -> Iterator[tuple[str, str]]:
    """Each variable whose file is named and not empty, in lower case as pydantic-settings looks for it."""
    for variable in variables:
        named = os.environ.get(variable + _SUFFIX)
        if not named:
            continue
        if os.environ.get(variable):
            raise SettingsInvalid(
                zh=f"{variable} 和 {variable}{_SUFFIX} 只能设置其一。请删去一个后重新运行。",
                en=f"{variable} and {variable}{_SUFFIX} cannot both be set. Remove one and run again.",
            )
        text = _text(variable + _SUFFIX, Path(named))
        if text:
            yield variable.lower(), text


def _text(variable: str, path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:  # the text itself stays unsaid: it may be a secret
        why = os.strerror(error.errno) if isinstance(error, OSError) and error.errno else type(error).__name__
        raise SettingsInvalid(
            zh=f"{variable} 所指的文件“{path}”无法读取（{why}）。请检查路径和读取权限。",
            en=f"The file {str(path)!r} that {variable} names cannot be read ({why}). Check its path and its mode.",
        ) from None
