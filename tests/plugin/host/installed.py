"""An installed Paperless-ngx, without a server: each call is a child of its own with a database in a folder.

`QUANCHENG_TEST_PAPERLESS_PYTHON` names the interpreter of its environment and
`QUANCHENG_TEST_PAPERLESS_SRC` the folder of its `manage.py` (docs/developers/live-paperless.md).
"""

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

needs_paperless = pytest.mark.skipif(
    "QUANCHENG_TEST_PAPERLESS_PYTHON" not in os.environ,
    reason="没有安装 Paperless-ngx（QUANCHENG_TEST_PAPERLESS_PYTHON 未设置）。No Paperless-ngx to test against.",
)

Inside = Callable[..., Any]


def inside_of(folder: Path, script: Path, **variables: str) -> Inside:
    """Runs a function of `script` in Paperless' interpreter and gives what it printed as JSON."""
    for name in ("data", "media", "consume", "scratch"):
        (folder / name).mkdir()
    environment = {name: value for name, value in os.environ.items() if not name.startswith("QUANCHENG_")} | {
        "PYTHONPATH": os.environ["QUANCHENG_TEST_PAPERLESS_SRC"],
        "DJANGO_SETTINGS_MODULE": "paperless.settings",
        "PAPERLESS_DBENGINE": "sqlite",
        "PAPERLESS_DATA_DIR": str(folder / "data"),
        "PAPERLESS_MEDIA_ROOT": str(folder / "media"),
        "PAPERLESS_CONSUMPTION_DIR": str(folder / "consume"),
        "PAPERLESS_SCRATCH_DIR": str(folder / "scratch"),
        "PAPERLESS_SECRET_KEY": "for this test alone, worth nothing",
        "PAPERLESS_TIME_ZONE": "Asia/Shanghai",
        "PAPERLESS_OCR_LANGUAGE": "chi_sim",
        "PAPERLESS_CACHE_BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "PAPERLESS_CHANNELS_BACKEND": "channels.layers.InMemoryChannelLayer",
        "QUANCHENG_HOME": str(folder / "home"),
    }

    def run(function: str, *arguments: str | Path, **more: str) -> Any:
        python = os.environ["QUANCHENG_TEST_PAPERLESS_PYTHON"]
        command = [python, str(script), function, *map(str, arguments)]
        known = environment | variables | more
        done = subprocess.run(command, env=known, capture_output=True, text=True, timeout=300, check=False)
        assert done.returncode == 0, done.stderr[-4000:]
        return json.loads(done.stdout.splitlines()[-1])

    return run
