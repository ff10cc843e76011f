"""The visible seal: readable, upright, beside the content and fit for PDF/A."""

import io
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
import pikepdf
import pypdfium2
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageDraw, ImageFont

from quancheng_plugin.settings import PluginSettings
from quancheng_plugin.signing import fonts, seal_layout
from quancheng_plugin.signing.development import MARK
from quancheng_plugin.signing.seal import Seal
from quancheng_plugin.signing.sign import sign_pdf
from quancheng_plugin.signing.verify import verify_pdf
from tests.plugin.signing.pki import Pki

NUMBER = "闽鼎海渔执罚〔2020〕218号"
URL = "https://records.example.gov.cn/r/218"
AT = datetime(2026, 3, 1, 1, 30, tzinfo=UTC)


@pytest.fixture
def settings(tmp_path: Path) -> PluginSettings:
    """Signs with the development CA, with the unit's seal."""
    return PluginSettings(home=tmp_path / "home", seal_unit="福建省海洋与渔业执法总队", seal_url=URL)


def shown(path: Path, page: int = 0) -> npt.NDArray[np.uint8]:
    """A page as a person sees it, in grey, 2339 pixels long: 200 dpi on A4."""
    with pypdfium2.PdfDocument(path) as pdf:
        pdf.init_forms()
        return pdf[page].render(scale=2339 / max(pdf[page].get_size()), grayscale=True).to_numpy().squeeze()


def added(before: Path, after: Path, page: int = 0) -> tuple[float, ...]:
    """Bounding box of what differs: left, top, right, bottom, in parts of the page."""
    rows, columns = np.nonzero(np.abs(shown(before, page).astype(int) - shown(after, page)) > 40)
    height, width = shown(after, page).shape
    return columns.min() / width, rows.min() / height, columns.max() / width, rows.max() / height


def text_of(path: Path, page: int = 0) -> str:
    """The text of the seal's own appearance, through its fonts."""
    with pikepdf.open(path) as pdf:
        appearance = pdf.Root.AcroForm.Fields[-1].AP.N
        alone = pikepdf.new()
        drawn = alone.add_blank_page(page_size=(2000, 2000))
        drawn.add_resource(alone.copy_foreign(appearance), pikepdf.Name.XObject, pikepdf.Name.Seal)
        drawn.Contents = alone.make_stream(b"q /Seal Do Q")
        buffer = io.BytesIO()
        alone.save(buffer)
    with pypdfium2.PdfDocument(buffer.getvalue()) as pdf:
        return pdf[page].get_textpage().get_text_range()


@pytest.mark.parametrize("rotate", [0, 90, 180, 270])
def test_upright_with_readable_code_on_any_rotation(
    scan_pdf: Callable[..., Path], tmp_path: Path, settings: PluginSettings, rotate: int
) -> None:
    """However the page is turned, the seal stands upright in a corner and its QR code reads."""
    source, out = scan_pdf(rotate=rotate), tmp_path / "out.pdf"
    result = sign_pdf(source, out, settings, seal=Seal.of(settings, number=NUMBER, at=AT))
    left, top, right, bottom = added(source, out)
    height, width = shown(out).shape
    assert result.seal_page == 0
    assert (right - left) * width > 2 * (bottom - top) * height
    assert right > 0.9
    assert top < 0.1
    found, corners = cv2.QRCodeDetector().detectAndDecode(shown(out))[:2]
    assert found == URL
    # The code stands left of the text, and its first corner is its upper left one.
    assert corners[0][:, 0].max() / width < (left + right) / 2
    assert corners[0][0].sum() == corners[0].sum(axis=1).min()


def test_says_unit_number_and_time(form_pdf: Path, tmp_path: Path, settings: PluginSettings) -> None:
    """Unit, number, time with offset and the warning stand on it as text that can be copied."""
    sign_pdf(form_pdf, tmp_path / "out.pdf", settings, seal=Seal.of(settings, number=NUMBER, at=AT))
    text = text_of(tmp_path / "out.pdf")
    for said in ("福建省海洋与渔业执法总队", NUMBER, "2026年03月01日 09:30:00（UTC+08:00）", MARK):
        assert said in text.replace("\r\n", "")


def test_signature_claims_the_time_on_the_seal(form_pdf: Path, tmp_path: Path, settings: PluginSettings) -> None:
    """Seal and signature say the same time."""
    result = sign_pdf(form_pdf, tmp_path / "out.pdf", settings, seal=Seal.of(settings, at=AT))
    assert result.signed_at == AT
    assert verify_pdf(tmp_path / "out.pdf", settings).signatures[0].signed_at == AT


def test_real_signer_has_no_warning_on_it(pki: Pki, form_pdf: Path, tmp_path: Path, settings: PluginSettings) -> None:
    """The warning of the development CA is not on seals of a real signer."""
    real = pki.settings(tmp_path)
    sign_pdf(form_pdf, tmp_path / "out.pdf", real, seal=Seal.of(settings, number=NUMBER))
    assert "开发" not in text_of(tmp_path / "out.pdf")


def occupied(*areas: tuple[float, ...]) -> Callable[[ImageDraw.ImageDraw], None]:
    """Paints areas (parts of the page) full of text lines."""

    def draw(canvas: ImageDraw.ImageDraw) -> None:
        font = ImageFont.truetype("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc", 30)
        for left, top, right, bottom in areas:
            for y in range(int(top * 1754), int(bottom * 1754), 45):
                canvas.text((left * 1240, y), "现场检查笔录" * int((right - left) * 7), fill=60, font=font)

    return draw


@pytest.mark.parametrize(
    ("areas", "corner"),
    [
        ([(0.5, 0.0, 1.0, 0.3)], "right bottom"),
        ([(0.5, 0.0, 1.0, 1.0)], "left top"),
        ([(0.0, 0.0, 1.0, 0.3), (0.5, 0.6, 1.0, 1.0)], "left bottom"),
    ],
)
def test_goes_where_nothing_is(
    scan_pdf: Callable[..., Path], tmp_path: Path, settings: PluginSettings, areas: list[tuple[float, ...]], corner: str
) -> None:
    """The seal takes the first corner that is free of ink and covers nothing."""
    source, out = scan_pdf(occupied(*areas)), tmp_path / "out.pdf"
    sign_pdf(source, out, settings, seal=Seal.of(settings))
    left, top, right, bottom = added(source, out)
    assert corner == f"{'right' if left > 0.5 else 'left'} {'bottom' if top > 0.5 else 'top'}"
    before = shown(source)[round(top * 2339) : round(bottom * 2339), round(left * 1653) : round(right * 1653)]
    assert before.min() > 200


def test_noise_of_a_scanner_is_no_content(
    scan_pdf: Callable[..., Path], tmp_path: Path, settings: PluginSettings
) -> None:
    """Grain and specks do not keep the seal away; a faint rule of a table does."""
    grain = np.random.default_rng(1)

    def speckle(canvas: ImageDraw.ImageDraw) -> None:
        for x, y in grain.integers(0, 1200, (300, 2)):
            canvas.point((int(x), int(y)), fill=90)

    source, out = scan_pdf(speckle), tmp_path / "out.pdf"
    assert sign_pdf(source, out, settings, seal=Seal.of(settings)).seal_page == 0
    assert added(source, out)[1] < 0.1
    ruled = scan_pdf(lambda canvas: canvas.line((600, 120, 1240, 120), fill=170, width=2))
    sign_pdf(ruled, out, settings, seal=Seal.of(settings))
    assert added(ruled, out)[1] > 0.09


def test_full_page_gets_no_visible_seal(
    scan_pdf: Callable[..., Path], tmp_path: Path, settings: PluginSettings
) -> None:
    """Where no room is, nothing is covered: the signature is invisible, valid, and a finding says so."""
    source = scan_pdf(occupied((0, 0, 1, 1)))
    result = sign_pdf(source, tmp_path / "out.pdf", settings, seal=Seal.of(settings))
    assert result.seal_page is None
    assert "seal-no-room" in {finding.code for finding in result.findings}
    assert verify_pdf(tmp_path / "out.pdf", settings).valid
    assert (shown(source) == shown(tmp_path / "out.pdf")).all()


def test_last_page_when_the_first_is_full(
    scan_pdf: Callable[..., Path], tmp_path: Path, settings: PluginSettings
) -> None:
    """The last page is tried after the first."""
    full = scan_pdf(occupied((0, 0, 1, 1)))
    with pikepdf.open(full) as pdf:
        pdf.add_blank_page(page_size=(842, 595))
        pdf.save(tmp_path / "two.pdf")
    assert sign_pdf(tmp_path / "two.pdf", tmp_path / "out.pdf", settings, seal=Seal.of(settings)).seal_page == 1


def test_second_seal_stands_beside_the_first(form_pdf: Path, tmp_path: Path, settings: PluginSettings) -> None:
    """Another seal finds another place, and both signatures are valid."""
    seal = Seal.of(settings, number=NUMBER)
    sign_pdf(form_pdf, tmp_path / "one.pdf", settings, seal=seal)
    sign_pdf(tmp_path / "one.pdf", tmp_path / "two.pdf", settings, seal=seal)
    first, second = added(form_pdf, tmp_path / "one.pdf"), added(tmp_path / "one.pdf", tmp_path / "two.pdf")
    assert first[3] < second[1]
    report = verify_pdf(tmp_path / "two.pdf", settings)
    assert (report.valid, len(report.signatures)) == (True, 2)


def test_odd_pages(tmp_path: Path, settings: PluginSettings) -> None:
    """Crop boxes off the origin, tiny and huge pages: the seal keeps inside what is shown."""
    for name, media, crop in (
        ("cropped", (-50, -80, 700, 900), (30, 40, 560, 800)),
        ("tiny", (0, 0, 90, 130), (0, 0, 90, 130)),
        ("huge", (0, 0, 4961, 7016), (0, 0, 4961, 7016)),
    ):
        with pikepdf.new() as pdf:
            page = pdf.add_blank_page()
            page.MediaBox, page.CropBox = list(media), list(crop)
            pdf.save(tmp_path / f"{name}.pdf")
        sign_pdf(tmp_path / f"{name}.pdf", tmp_path / "out.pdf", settings, seal=Seal.of(settings, number=NUMBER))
        left, top, right, bottom = added(tmp_path / f"{name}.pdf", tmp_path / "out.pdf")
        assert 0 < left < right < 0.99
        assert 0.01 < top < bottom < 1


def test_fit_for_pdf_a(form_pdf: Path, tmp_path: Path, settings: PluginSettings) -> None:
    """ISO 19005-2 on what is added: printed, plain, embedded font, no device colour, nothing transparent."""
    sign_pdf(form_pdf, tmp_path / "out.pdf", settings, seal=Seal.of(settings, number=NUMBER))
    with pikepdf.open(form_pdf) as source, pikepdf.open(tmp_path / "out.pdf") as pdf:
        field = pdf.Root.AcroForm.Fields[0]
        assert int(field.F) & 0b100111 == 0b000100  # print; not invisible, hidden or out of view (6.3.2)
        assert list(field.AP.keys()) == ["/N"]
        assert "/A" not in field
        assert "/AA" not in field
        assert "/NeedAppearances" not in pdf.Root.AcroForm
        seal = field.AP.N
        assert set(seal.Resources.keys()) <= {"/Font", "/ColorSpace"}
        assert seal.Resources.ColorSpace.Seal[0] == "/CalRGB"
        operators = {str(each.operator) for each in pikepdf.parse_content_stream(seal)}
        assert not operators & {"g", "G", "rg", "RG", "k", "K", "gs", "sh"}
        font = seal.Resources.Font.Seal
        descriptor = font.DescendantFonts[0].FontDescriptor
        assert {"/FontFile2", "/FontFile3"} & set(descriptor.keys())
        assert "+" in str(descriptor.FontName)
        assert "/ToUnicode" in font
        assert pdf.Root.Metadata.read_bytes().count(b"pdfaid:part") == source.Root.Metadata.read_bytes().count(
            b"pdfaid:part"
        )
        with pdf.open_metadata() as xmp:
            assert xmp.pdfa_status == "2B"
            changed = xmp.get("xmp:ModifyDate")
        written = str(pdf.docinfo.get("/ModDate")).removeprefix("D:")[:8] if "/ModDate" in pdf.docinfo else None
        assert (changed or "").replace("-", "")[:8] == (written or "")


def test_character_that_no_font_has(form_pdf: Path, tmp_path: Path) -> None:
    """Characters without a glyph on this machine are not left out in silence: invisible, and a finding names them."""
    settings = PluginSettings(home=tmp_path, seal_unit="执法\U000323b0总队")
    result = sign_pdf(form_pdf, tmp_path / "out.pdf", settings, seal=Seal.of(settings))
    finding = next(each for each in result.findings if each.code == "seal-no-font")
    assert finding.figures["missing"] == "\U000323b0"
    assert result.seal_page is None
    assert verify_pdf(tmp_path / "out.pdf", settings).valid


@pytest.mark.parametrize("name", ["NotoSansCJK-Regular.ttc", "wqy-zenhei.ttc", "ukai.ttc"])
def test_each_kind_of_font_shows_the_same_words(
    form_pdf: Path, tmp_path: Path, settings: PluginSettings, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """CFF and TrueType collections, of 1000, 1024 or 2048 units: text and code of the seal are there with each."""
    path = next((each for each in fonts._KNOWN if each.name == name and each.is_file()), None)
    if path is None:
        pytest.skip(f"没有安装字体 {name}。This font is not installed.")
    monkeypatch.setattr(fonts, "_KNOWN", (path,))
    fonts._cut_font.cache_clear()
    sign_pdf(form_pdf, tmp_path / "out.pdf", settings, seal=Seal.of(settings, number=NUMBER))
    fonts._cut_font.cache_clear()
    assert NUMBER in text_of(tmp_path / "out.pdf").replace("\r\n", "")
    assert cv2.QRCodeDetector().detectAndDecode(shown(tmp_path / "out.pdf"))[0] == URL
    left, _, right, _ = added(form_pdf, tmp_path / "out.pdf")
    assert 0.33 < right - left < 0.38  # nothing sticks out of the frame


def test_no_unit_no_seal(tmp_path: Path) -> None:
    """With a signer of its own, a unit that names itself nowhere gets no visible seal."""
    assert Seal.of(PluginSettings(home=tmp_path, sign_pkcs12=tmp_path / "signer.p12")) is None


def test_development_shows_on_its_page_asked_or_not(tmp_path: Path, form_pdf: Path) -> None:
    """Without any signer the development CA signs, and a seal on the page says that it has no legal force."""
    settings = PluginSettings(home=tmp_path)
    result = sign_pdf(form_pdf, tmp_path / "out.pdf", settings, seal=Seal.of(settings))
    assert result.development
    assert result.seal_page is not None


@given(
    unit=st.text(min_size=1, max_size=80),
    number=st.none() | st.text(max_size=120),
    width=st.floats(20, 2000),
    with_code=st.sampled_from(["code", "none"]),
)
def test_lines_never_leave_the_seal(unit: str, number: str | None, width: float, with_code: str) -> None:
    """Whatever the unit is called, every line stands inside the frame, and none overlaps another."""
    height = width * seal_layout.SHAPE[1] / seal_layout.SHAPE[0]
    lines = seal_layout.texts(Seal(unit=unit, number=number, at=AT), for_development=True)
    layout = seal_layout.lay_out(lines, width, height, lambda text: float(len(text)), code=with_code == "code")
    for line in layout.lines:
        assert line.x + len(line.text) * line.size <= width * 1.0001
        assert line.y >= 0
        assert line.y + line.size <= height * 1.0001
    for above, below in zip(layout.lines, layout.lines[1:], strict=False):
        assert below.y + below.size <= above.y * 1.0001 + 1e-6


def test_picture_of_the_seal_is_as_drawn(form_pdf: Path, tmp_path: Path, settings: PluginSettings) -> None:
    """The frame is red and the code black, on white."""
    sign_pdf(form_pdf, tmp_path / "out.pdf", settings, seal=Seal.of(settings, number=NUMBER))
    with pypdfium2.PdfDocument(tmp_path / "out.pdf") as pdf:
        pdf.init_forms()
        picture = pdf[0].render(scale=2).to_pil().convert("RGB")
    left, top, right, bottom = (
        int(part * size) for part, size in zip(added(form_pdf, tmp_path / "out.pdf"), picture.size * 2, strict=True)
    )
    colours = np.asarray(picture.crop((left, top, right, bottom)).quantize(3, kmeans=2).convert("RGB")).reshape(-1, 3)
    assert isinstance(picture, Image.Image)
    kinds = {tuple("hi" if part > 140 else "lo" for part in each) for each in np.unique(colours, axis=0).tolist()}
    assert {("hi", "hi", "hi"), ("hi", "lo", "lo"), ("lo", "lo", "lo")} == kinds


def test_an_address_that_needs_a_number_is_left_out_without_one(tmp_path: Path) -> None:
    """A code whose address asks for a number is not drawn where there is none."""
    settings = PluginSettings(home=tmp_path, seal_unit="总队", seal_url="https://x.cn/{number}")
    plain, numbered = Seal.of(settings), Seal.of(settings, number="鼎1号")
    assert plain is not None
    assert plain.url is None
    assert numbered is not None
    assert numbered.url == "https://x.cn/%E9%BC%8E1%E5%8F%B7"
