"""Signing leaves originals and earlier signatures alone, and writes all or nothing."""

import asyncio
import os
import resource
import subprocess
import sys
from pathlib import Path

import pikepdf
import pytest
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import PdfSignatureMetadata, signers
from pyhanko.sign.fields import MDPPerm

from quancheng_plugin.errors import DamagedFile, EmptyFile, PasswordProtected, StorageFull, UnsupportedType
from quancheng_plugin.settings import PluginSettings
from quancheng_plugin.signing.errors import DocumentLocked, SameFile
from quancheng_plugin.signing.keys import signing_identity
from quancheng_plugin.signing.report import Trust
from quancheng_plugin.signing.sign import sign_pdf
from quancheng_plugin.signing.verify import verify_pdf
from tests.plugin.signing.pki import Pki


@pytest.fixture
def settings(tmp_path: Path) -> PluginSettings:
    """No key configured: the development CA signs."""
    return PluginSettings(home=tmp_path / "home")


def test_source_is_a_prefix_of_the_signed_file(form_pdf: Path, tmp_path: Path, settings: PluginSettings) -> None:
    """A signature is appended: the bytes before it are the source's, and the source stays as it was."""
    before = form_pdf.read_bytes()
    sign_pdf(form_pdf, tmp_path / "out.pdf", settings)
    assert form_pdf.read_bytes() == before
    assert (tmp_path / "out.pdf").read_bytes().startswith(before)


def test_second_signature_keeps_the_first_valid(
    pki: Pki, form_pdf: Path, tmp_path: Path, settings: PluginSettings
) -> None:
    """Another signer adds a signature; both are intact, and the first is reported as followed by a signature."""
    sign_pdf(form_pdf, tmp_path / "one.pdf", settings)
    both = pki.settings(tmp_path / "home")
    result = sign_pdf(tmp_path / "one.pdf", tmp_path / "two.pdf", both)
    report = verify_pdf(tmp_path / "two.pdf", both)
    assert result.field == "Quancheng2"
    assert report.valid
    assert [each.trust for each in report.signatures] == [Trust.DEVELOPMENT, Trust.TRUSTED]
    assert [each.covers_whole_file for each in report.signatures] == [False, True]
    assert [each.changes_after for each in report.signatures] == ["form_filling", "none"]


def test_result_never_replaces_the_source(form_pdf: Path, tmp_path: Path, settings: PluginSettings) -> None:
    """Source and result being one file, even by another name, is refused."""
    source = tmp_path / "a.pdf"
    source.write_bytes(form_pdf.read_bytes())
    os.link(source, tmp_path / "b.pdf")
    with pytest.raises(SameFile):
        sign_pdf(source, tmp_path / "b.pdf", settings)
    assert source.read_bytes() == form_pdf.read_bytes()


def test_failure_leaves_an_earlier_result_in_place(form_pdf: Path, tmp_path: Path, settings: PluginSettings) -> None:
    """When signing fails, what stood at the result's name still stands, and no part file is left."""
    out = tmp_path / "out" / "out.pdf"
    out.parent.mkdir()
    out.write_bytes(b"earlier")
    broken = tmp_path / "broken.pdf"
    broken.write_bytes(form_pdf.read_bytes()[:400])
    with pytest.raises(DamagedFile):
        sign_pdf(broken, out, settings)
    assert out.read_bytes() == b"earlier"
    assert list(out.parent.iterdir()) == [out]


def test_full_disk_is_a_coded_error(form_pdf: Path, tmp_path: Path, settings: PluginSettings) -> None:
    """A disk without room gives `QC-STORE-FULL` and leaves nothing half-written."""
    small = Path("/dev/shm") / f"quancheng-full-{os.getpid()}"  # noqa: S108  a small disk is mounted on it
    small.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=16k", "tmpfs", small], check=False, capture_output=True
    )
    try:
        if mounted.returncode:
            pytest.skip("没有挂载小磁盘的权限。May not mount a small disk.")
        with pytest.raises(StorageFull):
            sign_pdf(form_pdf, small / "out.pdf", settings)
        assert list(small.iterdir()) == []
    finally:
        subprocess.run(["umount", small], check=False, capture_output=True)
        small.rmdir()


@pytest.mark.parametrize(
    ("content", "error"),
    [(b"", EmptyFile), (b"\xff\xd8\xff\xe0 a picture", UnsupportedType), (b"%PDF-1.7\nnothing more", DamagedFile)],
)
def test_what_is_no_pdf(tmp_path: Path, settings: PluginSettings, content: bytes, error: type[Exception]) -> None:
    """Empty files, other types and ruins are told apart."""
    (tmp_path / "in.pdf").write_bytes(content)
    with pytest.raises(error):
        sign_pdf(tmp_path / "in.pdf", tmp_path / "out.pdf", settings)
    with pytest.raises(error):
        verify_pdf(tmp_path / "in.pdf", settings)


def test_password_protected_pdf_is_refused(form_pdf: Path, tmp_path: Path, settings: PluginSettings) -> None:
    """A PDF that opens with a password only is refused with its own code."""
    with pikepdf.open(form_pdf) as pdf:
        pdf.save(tmp_path / "locked.pdf", encryption=pikepdf.Encryption(user="geheim", owner="geheim"))
    with pytest.raises(PasswordProtected):
        sign_pdf(tmp_path / "locked.pdf", tmp_path / "out.pdf", settings)


def test_pdf_that_anyone_may_open_is_signed(form_pdf: Path, tmp_path: Path, settings: PluginSettings) -> None:
    """A PDF with an owner's password only opens for everyone, and is signed and verified."""
    with pikepdf.open(form_pdf) as pdf:
        pdf.save(tmp_path / "owned.pdf", encryption=pikepdf.Encryption(user="", owner="geheim"))
    sign_pdf(tmp_path / "owned.pdf", tmp_path / "out.pdf", settings)
    assert verify_pdf(tmp_path / "out.pdf", settings).valid


def test_document_that_permits_no_change_is_refused(form_pdf: Path, tmp_path: Path, settings: PluginSettings) -> None:
    """A certification that forbids all changes is not broken by a further signature."""
    meta = PdfSignatureMetadata(field_name="Author", certify=True, docmdp_permissions=MDPPerm.NO_CHANGES)
    with signing_identity(settings) as identity, form_pdf.open("rb") as file, (tmp_path / "a.pdf").open("wb") as out:
        signers.sign_pdf(IncrementalPdfFileWriter(file), meta, identity.signer, output=out)
    with pytest.raises(DocumentLocked):
        sign_pdf(tmp_path / "a.pdf", tmp_path / "b.pdf", settings)


def test_works_under_a_running_event_loop(form_pdf: Path, tmp_path: Path, settings: PluginSettings) -> None:
    """Called from asynchronous code, signing and verifying still end with their result."""

    async def call() -> bool:
        sign_pdf(form_pdf, tmp_path / "out.pdf", settings)
        return verify_pdf(tmp_path / "out.pdf", settings).valid

    assert asyncio.run(call())


def test_light_to_import() -> None:
    """The entries load without pyHanko, so commands that sign nothing start fast."""
    probe = (
        "import sys, quancheng_plugin.signing.sign, quancheng_plugin.signing.verify, quancheng_plugin.signing.renew;"
        "sys.exit(any(name in sys.modules for name in ('pyhanko', 'cryptography', 'fontTools')))"
    )
    assert subprocess.run([sys.executable, "-c", probe], check=False, timeout=60).returncode == 0


def test_memory_stays_far_below_the_file(tmp_path: Path, settings: PluginSettings) -> None:
    """A scan of many megabytes is copied and hashed in pieces."""
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        pdf.Root.Pieces = pdf.make_stream(os.urandom(60 << 20))
        pdf.save(tmp_path / "large.pdf", compress_streams=False)
    sign_pdf(tmp_path / "large.pdf", tmp_path / "warm.pdf", settings)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    sign_pdf(tmp_path / "large.pdf", tmp_path / "out.pdf", settings)
    grown_kib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown_kib < 30 << 10
