"""Made-up forms: printed, worn, written in every format, and read back by the plugin's own engine."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pypdfium2 as pdfium
import pytest
from PIL import Image

from quancheng_plugin.forms.catalogue import catalogue
from quancheng_plugin.forms.glyphs import squeeze
from quancheng_plugin.forms.numbers import normalise
from quancheng_plugin.forms.reader import read
from quancheng_plugin.ocr.looking import look_with
from quancheng_plugin.ocr.pages import read_pages
from quancheng_plugin.settings import PluginSettings
from quancheng_sidecar.demo.form_wording import KINDS
from quancheng_sidecar.demo.forms import FormSpec, Wear, degrade, page_images, render_pdf, scan
from quancheng_sidecar.demo.random_forms import random_form

_SPEC = FormSpec(
    title="现场检查（勘验）笔录",
    office="福鼎市海洋与渔业局",
    number="闽鼎海渔执检〔2026〕7号",
    values=(("检查时间", "2026年3月1日9时30分至10时15分"), ("检查地点", "沙埕港"), ("当事人", "林海生")),
    body=("检查情况：好。",),
    signatures=("当事人签名",),
    date_line="2026年3月1日",
)
_SETTINGS = PluginSettings(forms_extra=None)


def _text(pdf: bytes) -> str:
    document = pdfium.PdfDocument(pdf)
    text = "".join(page.get_textpage().get_text_range() for page in document)
    document.close()
    return squeeze(text)


@pytest.mark.parametrize("layout", ["lines", "table", "stacked"])
def test_what_a_form_says_stands_on_its_page(layout: str) -> None:
    """Title, number, every label and value, the body and the foot are printed in each layout."""
    text = _text(render_pdf(replace(_SPEC, layout=layout)))
    said = [_SPEC.title, _SPEC.office, str(_SPEC.number), *_SPEC.body, *_SPEC.signatures, _SPEC.date_line]
    said += [part for pair in _SPEC.values for part in pair]
    assert [part for part in said if squeeze(part) not in text] == []


def test_markup_in_a_value_is_printed_as_it_stands() -> None:
    """A value is text, never HTML."""
    spec = replace(_SPEC, values=(("当事人", "<b>林&海生</b>"),))
    assert "<b>林&海生</b>" in _text(render_pdf(spec))


def test_a_body_on_a_new_page_makes_two_sheets() -> None:
    """A form may run to a second sheet."""
    assert len(page_images(render_pdf(replace(_SPEC, page_break_before_body=True)), 50)) == 2


def test_the_same_seed_wears_a_page_the_same_way_and_another_does_not() -> None:
    """Scans can be made again, byte for byte."""
    page = page_images(render_pdf(_SPEC), 60)[0]
    wear = Wear(
        skew_deg=1.0, noise=8, blur=0.5, contrast=0.8, shade=30, speckles=50, jpeg_quality=60, stamp=True, dpi=60
    )
    worn = degrade(page, 3, wear)
    assert worn.size == page.size
    assert np.array_equal(worn, degrade(page, 3, wear))
    assert not np.array_equal(worn, degrade(page, 4, wear))
    assert not np.array_equal(worn, page)


def test_a_stamp_is_red_and_leaves_the_text_black() -> None:
    """Ink darkens the paper; black letters stay black."""
    page = page_images(render_pdf(_SPEC), 100)[0]
    plain, stamped = (np.asarray(degrade(page, 0, Wear(stamp=stamp, dpi=100)), dtype=int) for stamp in (False, True))
    red = (stamped[..., 0] - stamped[..., 1]) > 80
    assert 500 < red.sum() < red.size / 10
    assert not ((plain[..., 0] - plain[..., 1]) > 80).any()
    black = plain.max(axis=2) < 60
    assert (stamped[black].max(axis=1) < 120).all()


@pytest.mark.parametrize("turn", [90, 180, 270])
def test_a_page_can_lie_on_its_side(turn: int) -> None:
    """`rotate` turns the sheet as a careless hand does, without losing a pixel row."""
    page = page_images(render_pdf(_SPEC), 40)[0]
    turned = degrade(page, 0, Wear(rotate=turn, dpi=40))  # type: ignore[arg-type] # a parameter is an int
    assert turned.size == (page.size if turn == 180 else page.size[::-1])


@pytest.mark.parametrize("suffix", [".pdf", ".png", ".jpg", ".jpeg", ".tif", ".tiff"])
def test_a_scan_is_written_in_the_format_of_its_name(tmp_path: Path, suffix: str) -> None:
    """Paths with spaces and Chinese; the resolution goes into the file."""
    path = scan(_SPEC, tmp_path / f"扫描 件{suffix}", wear=Wear(dpi=80))
    if suffix == ".pdf":
        document = pdfium.PdfDocument(path)
        assert document[0].get_size() == pytest.approx((595, 842), abs=1)  # whole pixels of 1/80 inch
        document.close()
    else:
        with Image.open(path) as picture:
            assert (picture.width, picture.height) == (662, 936)
            assert round(float(picture.info["dpi"][0])) == 80


def test_several_pages_need_a_format_that_holds_them(tmp_path: Path) -> None:
    """A PNG holds one page: the second is refused, not dropped."""
    spec = replace(_SPEC, page_break_before_body=True)
    with pytest.raises(ValueError, match="2 pages"):
        scan(spec, tmp_path / "x.png", wear=Wear(dpi=50))
    with Image.open(scan(spec, tmp_path / "x.tif", wear=Wear(dpi=50))) as picture:
        assert getattr(picture, "n_frames", 1) == 2


def test_random_forms_are_repeatable_and_of_all_kinds() -> None:
    """The same seed gives the same form; fifty seeds meet every stage, layout and wear."""
    forms = [random_form(seed) for seed in range(60)]
    assert forms == [random_form(seed) for seed in range(60)]
    assert {truth.code for _, _, truth in forms} == {kind.code for kind in KINDS}
    assert {spec.layout for spec, _, _ in forms} == {"lines", "table", "stacked"}
    codes = {form.code for form in catalogue(_SETTINGS).forms}
    assert {truth.code for _, _, truth in forms} <= codes


def _wrong(seed: int, path: Path) -> list[str]:
    """Names of what was read for sure and wrong; what is for review may be anything."""
    _, _, truth = random_form(seed)
    lines = [line for page in read_pages(path, look_with("rapidocr")) for line in page.lines]
    reading = read(lines, _SETTINGS)
    got = {
        "form": reading.form and reading.form.code,
        "number": reading.number and reading.number.normalised,
        "interval": reading.interval and (reading.interval.start, reading.interval.end),
        "party": reading.party and squeeze(reading.party.value),
    }
    want = {
        "form": truth.code,
        "number": truth.number and normalise(truth.number),
        "interval": (truth.start, truth.end),
        "party": squeeze(truth.party),
    }
    return [name for name in got if got[name] != want[name] and name not in reading.review]


@pytest.mark.parametrize("seed", range(3000, 3025))
def test_printed_forms_are_read_right_from_their_own_text(seed: int, tmp_path: Path) -> None:
    """Without a scanner between: every kind, layout, face and wording that the seeds meet."""
    spec, _, _ = random_form(seed)
    path = tmp_path / "form.pdf"
    path.write_bytes(render_pdf(spec))
    assert _wrong(seed, path) == []


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4000, 4004))
def test_worn_scans_give_nothing_wrong_for_sure(seed: int, tmp_path: Path) -> None:
    """Skew, grain, blur, shade, seals and JPEG: what could not be read is for review."""
    spec, wear, _ = random_form(seed)
    assert _wrong(seed, scan(spec, tmp_path / "form.pdf", seed=seed, wear=wear)) == []
