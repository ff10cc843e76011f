"""WeasyPrint, which draws a page of HTML as PDF, and the libraries of the system that it needs."""

import sys
from contextlib import redirect_stdout
from typing import Any

from quancheng_plugin.errors import ToolMissing


def html_pages() -> Any:  # noqa: ANN401  the library has no types
    """WeasyPrint's class of a page, loaded when first asked for: it takes half a second. Raises ToolMissing."""
    try:
        # What it lacks it tells on standard output, where our one JSON document stands.
        with redirect_stdout(sys.stderr):
            from weasyprint import HTML  # noqa: PLC0415  as said above
    except OSError as missing:
        raise ToolMissing(
            zh="缺少程序库 Pango，无法制作页面。请管理员安装：apt install libpango-1.0-0 libpangoft2-1.0-0"
            " libharfbuzz-subset0。",
            en="The library Pango is missing, so no page can be drawn. Install it: apt install libpango-1.0-0"
            " libpangoft2-1.0-0 libharfbuzz-subset0.",
        ) from missing
    return HTML
