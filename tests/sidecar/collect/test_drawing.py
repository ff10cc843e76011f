"""Pages are drawn with a library of the system, which may not be there."""

import subprocess
import sys

_WITHOUT_PANGO = """
import cffi
from quancheng_plugin.errors import ToolMissing
from quancheng_sidecar.collect.drawing import html_pages

there = cffi.FFI.dlopen
def gone(ffi, name, *flags):
    if "pango" in str(name):
        raise OSError(name)
    return there(ffi, name, *flags)

cffi.FFI.dlopen = gone
try:
    html_pages()
except ToolMissing as missing:
    print(missing.code)
"""


def test_a_missing_library_is_named_and_nothing_else_is_printed() -> None:
    """The file is then no fault of its own and waits; the library's own banner would spoil the JSON."""
    done = subprocess.run([sys.executable, "-c", _WITHOUT_PANGO], capture_output=True, text=True, check=True)
    assert done.stdout == "QC-TOOL-MISSING\n"
    assert "WeasyPrint could not import" in done.stderr
