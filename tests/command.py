"""The command `quancheng`, run as a person runs it: another process, a home of its own."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Answer:
    """How a command answered."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """What it printed with `--json`."""
        return json.loads(self.out)


Run = Callable[..., Answer]


def runner(home: Path) -> Run:
    """A function that runs `quancheng` with that home and gives its answer."""

    def run(*words: str | Path, timeout: float = 300, **variables: str) -> Answer:
        done = subprocess.run(
            [sys.executable, "-m", "quancheng_sidecar", *map(str, words)],
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
            env=os.environ | {"QUANCHENG_HOME": str(home), "COLUMNS": "200"} | variables,
        )
        return Answer(done.returncode, done.stdout, done.stderr)

    return run
