"""Fixtures of signing: an authority, and PDFs to sign."""

import gc
import io
import warnings
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pikepdf
import pytest
from PIL import Image, ImageDraw

from tests.plugin.signing.pki import Pki, running_pki


@pytest.fixture(scope="session")
def pki(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pki]:
    """The authority that most tests share."""
    with running_pki(tmp_path_factory.mktemp("pki")) as running:
        yield running


@pytest.fixture
def fresh_pki(tmp_path: Path) -> Iterator[Callable[..., Pki]]:
    """Makes an authority of one's own, with its own times."""
    folder = tmp_path / "pki"
    folder.mkdir()
    with ExitStack() as running:
        yield lambda **times: running.enter_context(running_pki(folder, **times))


@pytest.fixture(scope="session")
def form_pdf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A PDF/A-2b of two pages with text."""
    from weasyprint import HTML  # noqa: PLC0415  slow to load

    path = tmp_path_factory.mktemp("form") / "送达回证 一.pdf"
    page = "<h1>送达回证</h1><p>闽鼎海渔执罚〔2020〕218号</p>"
    style = "<style>@page {size: A4} body {font-family: 'Noto Sans CJK SC'}</style>"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)  # WeasyPrint leaves its colour profile open
        HTML(string=f"{style}{page}<div style='break-before: page'>{page}</div>").write_pdf(
            path, pdf_variant="pdf/a-2b"
        )
        gc.collect()
    return path


@pytest.fixture
def scan_pdf(tmp_path: Path) -> Callable[..., Path]:
    """Makes a one-page PDF of a picture, as scanners do: `draw` paints on it, `rotate` is the page's `/Rotate`."""

    def make(draw: Callable[[ImageDraw.ImageDraw], None] = lambda _: None, *, rotate: int = 0) -> Path:
        picture = Image.new("L", (1240, 1754), 243)
        draw(ImageDraw.Draw(picture))
        flat = io.BytesIO()
        picture.save(flat, "PDF", resolution=150)
        path = tmp_path / f"scan-{rotate}.pdf"
        with pikepdf.open(flat) as pdf:
            pdf.pages[0].Rotate = rotate
            pdf.save(path)
        return path

    return make


@pytest.fixture
def soon() -> Callable[[float], datetime]:
    """Gives a whole second, at least this many seconds ahead."""
    return lambda seconds: (datetime.now(UTC) + timedelta(seconds=seconds + 1)).replace(microsecond=0)
