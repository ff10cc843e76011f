"""The web server's own process, as granian starts it."""

import os
import subprocess
import sys
from pathlib import Path

_HAND_OVER = """
import quancheng_sidecar.web.wsgi
from quancheng_sidecar.web.ready import ready
ready()
from threading import Thread
from quancheng_sidecar.collect.tasks import keep_in_step
serving = Thread(target=keep_in_step.delay)  # as the server does, not in the main thread
serving.start()
serving.join()
"""


def test_its_tasks_reach_the_worker(tmp_path: Path) -> None:
    """What it hands over lies in the queue of this home, not with whatever broker Celery takes by itself."""
    known = os.environ | {"QUANCHENG_HOME": str(tmp_path)}
    subprocess.run([sys.executable, "-c", _HAND_OVER], env=known, check=True, timeout=60)
    (message,) = (tmp_path / "queue" / "messages").iterdir()
    assert "keep_in_step" in message.read_text()
