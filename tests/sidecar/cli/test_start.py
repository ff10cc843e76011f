"""The command starts quickly."""

import json
import subprocess
import sys

_LOOK = "import json, sys, quancheng_sidecar.cli.main; print(json.dumps(sorted(sys.modules)))"


def test_starting_loads_no_engine() -> None:
    """What reads pictures, decodes or draws is loaded by the command that needs it, not by every command."""
    shown = subprocess.run([sys.executable, "-c", _LOOK], capture_output=True, text=True, check=True).stdout
    loaded = {name.partition(".")[0] for name in json.loads(shown)}
    assert "typer" in loaded
    assert loaded.isdisjoint({"numpy", "av", "PIL", "onnxruntime", "rapidocr", "weasyprint", "pikepdf", "cryptography"})
