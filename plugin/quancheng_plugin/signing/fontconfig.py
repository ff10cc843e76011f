"""The program `fc-list`: which font files of this machine hold Chinese."""

import subprocess
from pathlib import Path

_TIMEOUT_S = 20


def chinese_font_files() -> list[Path]:
    """Files of fonts for Simplified Chinese, in fontconfig's order; empty when fontconfig is not installed."""
    try:
        listed = subprocess.run(
            ["fc-list", "--format=%{file}\n", ":lang=zh-cn"],  # noqa: S607  as the person's PATH has it
            capture_output=True,
            timeout=_TIMEOUT_S,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        return []
    return [Path(line) for line in dict.fromkeys(listed.stdout.decode(errors="surrogateescape").splitlines()) if line]
