"""Whose word is taken for the text of a PDF: that of the very signer in use, on a file that is as it left it."""

from pathlib import Path

import pytest
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

from quancheng_plugin.settings import PluginSettings
from quancheng_plugin.signing.sign import sign_pdf
from quancheng_plugin.signing.verify import verify_pdf
from quancheng_plugin.signing.vouching import is_vouched
from tests.plugin.signing.pki import Pki


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> PluginSettings:
    """An office that signs by its development CA."""
    return PluginSettings(home=tmp_path_factory.mktemp("office"))


@pytest.fixture(scope="module")
def marked(form_pdf: Path, office: PluginSettings, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file that this office signed and vouched for."""
    return sign_pdf(form_pdf, tmp_path_factory.mktemp("m") / "a.pdf", office, text_as_read=True).path


def _believed(path: Path, settings: PluginSettings) -> bool:
    return is_vouched(path, verify_pdf(path, settings), settings)


def test_our_own_is_believed(marked: Path, office: PluginSettings) -> None:
    """Whole, by the signer in use, and marked."""
    assert _believed(marked, office)


def test_without_signature_nothing_is_believed(form_pdf: Path, office: PluginSettings) -> None:
    """Nobody vouches for it."""
    assert not _believed(form_pdf, office)


def test_what_we_signed_without_vouching_is_not_believed(
    form_pdf: Path, office: PluginSettings, tmp_path: Path
) -> None:
    """A signature says who handed a file on, not that its text was read."""
    sign_pdf(form_pdf, tmp_path / "a.pdf", office)
    assert not _believed(tmp_path / "a.pdf", office)


def test_a_changed_byte_ends_it(marked: Path, office: PluginSettings, tmp_path: Path) -> None:
    """The file is no longer what was signed."""
    content = bytearray(marked.read_bytes())
    content[len(content) // 3] ^= 1
    (tmp_path / "a.pdf").write_bytes(content)
    assert not _believed(tmp_path / "a.pdf", office)


def test_content_added_after_signing_ends_it(marked: Path, office: PluginSettings, tmp_path: Path) -> None:
    """The signed bytes are untouched, but another text is appended in their place."""
    with marked.open("rb") as file:
        writer = IncrementalPdfFileWriter(file)
        page = writer.root["/Pages"]["/Kids"][0]
        page["/Contents"] = writer.add_object(generic.StreamObject(stream_data=b"BT 3 Tr ET"))
        writer.update_container(page)
        with (tmp_path / "a.pdf").open("wb") as out:
            writer.write(out)
    assert not _believed(tmp_path / "a.pdf", office)


def test_a_further_signature_of_somebody_else_ends_it(
    marked: Path, office: PluginSettings, pki: Pki, tmp_path: Path
) -> None:
    """It may bring a picture of its own onto the page; nothing after ours is taken on trust."""
    sign_pdf(marked, tmp_path / "a.pdf", pki.settings(tmp_path))
    assert verify_pdf(tmp_path / "a.pdf", office).valid
    assert not _believed(tmp_path / "a.pdf", office)


def test_the_mark_of_another_office_counts_for_nothing(marked: Path, tmp_path: Path) -> None:
    """Everybody has this program; neither its mark nor a development certificate tells whose it is."""
    stranger = PluginSettings(home=tmp_path)
    assert not _believed(marked, stranger)
    assert list(tmp_path.iterdir()) == []  # no development CA is made for asking
    sign_pdf(marked, tmp_path / "a.pdf", stranger)
    assert not _believed(marked, stranger)


def test_another_certificate_under_the_same_root_counts_for_nothing(pki: Pki, form_pdf: Path, tmp_path: Path) -> None:
    """A trusted stranger is a stranger: only the certificate that signs here is believed."""
    ours = pki.settings(tmp_path)
    theirs = pki.settings(tmp_path, sign_pkcs12=pki.pkcs12("tsa-next"), sign_level="B-B")
    sign_pdf(form_pdf, tmp_path / "theirs.pdf", theirs, text_as_read=True)
    sign_pdf(form_pdf, tmp_path / "ours.pdf", ours, text_as_read=True)
    assert verify_pdf(tmp_path / "theirs.pdf", ours).valid
    assert [_believed(tmp_path / name, ours) for name in ("ours.pdf", "theirs.pdf")] == [True, False]


def test_evidence_added_for_the_long_term_leaves_it(pki: Pki, form_pdf: Path, tmp_path: Path) -> None:
    """Validation data and a document time stamp follow the signature of level B-LTA, and no page shows them."""
    settings = pki.settings(tmp_path, sign_level="B-LTA", tsa_url=pki.tsa())
    sign_pdf(form_pdf, tmp_path / "a.pdf", settings, text_as_read=True)
    assert _believed(tmp_path / "a.pdf", settings)


def test_a_signer_that_cannot_be_opened_vouches_for_nobody(pki: Pki, form_pdf: Path, tmp_path: Path) -> None:
    """The file is read as any other; verifying needs no key."""
    settings = pki.settings(tmp_path)
    sign_pdf(form_pdf, tmp_path / "a.pdf", settings, text_as_read=True)
    assert not _believed(tmp_path / "a.pdf", pki.settings(tmp_path, sign_pkcs12=tmp_path / "gone.p12"))
