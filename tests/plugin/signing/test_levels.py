"""The four PAdES levels against a real authority: signed, verified here, and verified by pyHanko's own program."""

import socket
import subprocess
import sys
from pathlib import Path

import pytest

from quancheng_plugin.signing.errors import (
    CertificateRevoked,
    RevocationUnavailable,
    TimeStampNotConfigured,
    TimeStampUnavailable,
)
from quancheng_plugin.signing.report import Trust
from quancheng_plugin.signing.sign import sign_pdf
from quancheng_plugin.signing.verify import verify_pdf
from tests.plugin.signing.pki import Pki

LEVELS = ("B-B", "B-T", "B-LT", "B-LTA")


@pytest.mark.parametrize("level", LEVELS)
def test_level_is_reached_and_trusted(pki: Pki, form_pdf: Path, tmp_path: Path, level: str) -> None:
    """Each level that is asked for is found in the file again, intact and under the configured root."""
    settings = pki.settings(tmp_path, sign_level=level, tsa_url=pki.tsa())
    out = tmp_path / "已签 名.pdf"
    result = sign_pdf(form_pdf, out, settings)
    report = verify_pdf(out, settings)
    signature = report.signatures[0]
    assert (result.level, result.development, result.findings) == (level, False, ())
    assert report.valid
    assert report.findings == ()
    assert (signature.level, signature.intact, signature.trust) == (level, True, Trust.TRUSTED)
    assert signature.signer == "福建省海洋与渔业执法总队"
    assert (signature.time_stamp is not None) == (level != "B-B")
    assert len(report.signatures) == (2 if level == "B-LTA" else 1)


def test_what_was_not_checked_shrinks_with_the_evidence(pki: Pki, form_pdf: Path, tmp_path: Path) -> None:
    """B-B leaves time and revocation open, B-T revocation, B-LT nothing."""
    left_out = {}
    for level in LEVELS[:3]:
        settings = pki.settings(tmp_path, sign_level=level, tsa_url=pki.tsa())
        sign_pdf(form_pdf, tmp_path / f"{level}.pdf", settings)
        left_out[level] = verify_pdf(tmp_path / f"{level}.pdf", settings).signatures[0].not_checked
    assert [len(left_out[level]) for level in LEVELS[:3]] == [2, 1, 0]
    assert any("时间戳" in each for each in left_out["B-B"])
    assert any("吊销" in each for each in left_out["B-T"])


def test_stamp_has_its_own_report(pki: Pki, form_pdf: Path, tmp_path: Path) -> None:
    """A time stamp is reported with its time, its authority and its own trust."""
    settings = pki.settings(tmp_path, sign_level="B-T", tsa_url=pki.tsa())
    result = sign_pdf(form_pdf, tmp_path / "t.pdf", settings)
    stamp = verify_pdf(tmp_path / "t.pdf", settings).signatures[0].time_stamp
    assert stamp is not None
    assert (stamp.authority, stamp.intact, stamp.trust) == ("测试时间戳", True, Trust.TRUSTED)
    assert abs((stamp.at - result.signed_at).total_seconds()) < 60


def test_program_of_pyhanko_agrees(pki: Pki, form_pdf: Path, tmp_path: Path) -> None:
    """`pyhanko sign validate` finds the B-LT signature valid under the same root."""
    program = Path(sys.executable).with_name("pyhanko")
    if not program.exists():
        pytest.skip("没有 pyhanko 命令可对照（pyhanko-cli）。The command of pyhanko-cli is not installed.")
    settings = pki.settings(tmp_path, sign_level="B-LT", tsa_url=pki.tsa())
    sign_pdf(form_pdf, tmp_path / "lt.pdf", settings)
    command = [
        program,
        "sign",
        "validate",
        "--pretty-print",
        "--trust",
        pki.root,
        "--trust-replace",
        tmp_path / "lt.pdf",
    ]
    said = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert said.returncode == 0, said.stderr
    assert "The signature is judged VALID." in said.stdout


def test_missing_authority_setting_is_said(pki: Pki, form_pdf: Path, tmp_path: Path) -> None:
    """A level above B-B without an authority is refused before anything is written."""
    with pytest.raises(TimeStampNotConfigured, match="QUANCHENG_TSA_URL"):
        sign_pdf(form_pdf, tmp_path / "out.pdf", pki.settings(tmp_path, sign_level="B-T"))
    assert not (tmp_path / "out.pdf").exists()


@pytest.mark.parametrize("level", ["B-T", "B-LTA"])
def test_authority_that_is_down_leaves_nothing_behind(pki: Pki, form_pdf: Path, tmp_path: Path, level: str) -> None:
    """When nobody answers at the authority's port, signing fails with a code that says to try again."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}"
    folder = tmp_path / "out"
    folder.mkdir()
    with pytest.raises(TimeStampUnavailable) as failure:
        sign_pdf(form_pdf, folder / "out.pdf", pki.settings(tmp_path, sign_level=level, tsa_url=url))
    assert (failure.value.code, failure.value.retryable) == ("QC-SIGN-TSA", True)
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("path", ["/nothing-here", "/test/certs/interm/ca.crt", "/test/ocsp/interm"])
def test_answer_that_is_no_time_stamp(pki: Pki, form_pdf: Path, tmp_path: Path, path: str) -> None:
    """A server that answers with something else is reported as an authority that gave no time stamp."""
    settings = pki.settings(tmp_path, sign_level="B-T", tsa_url=pki.url + path)
    with pytest.raises(TimeStampUnavailable):
        sign_pdf(form_pdf, tmp_path / "out.pdf", settings)
    assert not (tmp_path / "out.pdf").exists()


def test_long_term_needs_the_root_of_the_authority(pki: Pki, form_pdf: Path, tmp_path: Path) -> None:
    """B-LT with a stamp whose chain ends nowhere known says which setting is missing."""
    settings = pki.settings(
        tmp_path, sign_level="B-LT", tsa_url=pki.tsa(), trust_roots=(), sign_pkcs12=None, sign_passphrase=None
    )
    with pytest.raises(RevocationUnavailable, match="QUANCHENG_TRUST_ROOTS"):
        sign_pdf(form_pdf, tmp_path / "out.pdf", settings)


def test_revoked_certificate_cannot_make_a_long_term_signature(pki: Pki, form_pdf: Path, tmp_path: Path) -> None:
    """The OCSP service's "revoked" stops B-LT."""
    settings = pki.settings(tmp_path, sign_level="B-LT", tsa_url=pki.tsa(), sign_pkcs12=pki.pkcs12("revoked"))
    with pytest.raises(CertificateRevoked):
        sign_pdf(form_pdf, tmp_path / "out.pdf", settings)
    assert not (tmp_path / "out.pdf").exists()


def test_development_signer_reaches_long_term_with_a_real_stamp(pki: Pki, form_pdf: Path, tmp_path: Path) -> None:
    """The development signer has no revocation data to embed; B-LT works, and stays a development signature."""
    settings = pki.settings(tmp_path, sign_level="B-LT", tsa_url=pki.tsa(), sign_pkcs12=None, sign_passphrase=None)
    sign_pdf(form_pdf, tmp_path / "out.pdf", settings)
    signature = verify_pdf(tmp_path / "out.pdf", settings).signatures[0]
    assert (signature.level, signature.trust) == ("B-LT", Trust.DEVELOPMENT)
    assert signature.time_stamp is not None
    assert signature.time_stamp.trust is Trust.TRUSTED
