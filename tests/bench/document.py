"""Speed of a written document: one scanned page read, laid under, and signed, beside the engine alone."""

import statistics
import tempfile
import time
from pathlib import Path

from quancheng_plugin import document
from quancheng_plugin.settings import PluginSettings
from quancheng_sidecar.demo import story
from tests.bench.row import Row

ROUNDS = 5


def bench_document() -> Row:
    """OCR and signature of a one-page scan, model loaded, against RapidOCR alone on the same picture."""
    from rapidocr import RapidOCR  # noqa: PLC0415  the bench loads only what it measures

    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        settings = PluginSettings(home=place / "home")
        scan = story.make_form(story.FORMS[0], place)
        engine = RapidOCR(params={"Global.log_level": "critical"})

        def ours() -> None:
            with tempfile.TemporaryDirectory(dir=place) as work:
                document.process(scan, Path(work), settings)

        def alone() -> None:
            engine(str(scan))

        ours()
        alone()
        times: tuple[list[float], list[float]] = ([], [])
        for _ in range(ROUNDS):
            for spent, work in zip(times, (ours, alone), strict=True):
                began = time.perf_counter()
                work()
                spent.append(time.perf_counter() - began)
    ours_s, peer_s = map(statistics.median, times)
    return Row(
        name="One-page scan: OCR, PDF/A, signature (model loaded)",
        ours_s=ours_s,
        peer_s=peer_s,
        ratio=statistics.median(o / p for o, p in zip(*times, strict=True)),
        target="≤ 1.5 × RapidOCR alone on the same picture",
        note="median of 5 rounds in turn",
    )
