"""The development CA: made once, private, and loud."""

import stat
import subprocess
import sys
from pathlib import Path

import pikepdf
import pytest

from quancheng_plugin.findings import Severity
from quancheng_plugin.settings import PluginSettings
from quancheng_plugin.signing import development
from quancheng_plugin.signing.development import MARK
from quancheng_plugin.signing.errors import DevelopmentAuthorityDamaged
from quancheng_plugin.signing.report import Trust
from quancheng_plugin.signing.sign import sign_pdf
from quancheng_plugin.signing.verify import verify_pdf
from tests.plugin.signing.pki import Pki


def test_every_place_says_development(form_pdf: Path, tmp_path: Path) -> None:
    """Result, signer, reason in the file, verification and finding all say that there is no legal force."""
    settings = PluginSettings(home=tmp_path)
    result = sign_pdf(form_pdf, tmp_path / "out.pdf", settings)
    report = verify_pdf(tmp_path / "out.pdf", settings)
    assert result.development
    assert MARK in result.signer
    assert {f.code: f.severity for f in result.findings} == {"development-signature": Severity.MEDIUM}
    assert {f.code: f.severity for f in report.findings} == {"development-signature": Severity.MEDIUM}
    assert report.signatures[0].trust is Trust.DEVELOPMENT
    assert MARK in report.signatures[0].signer
    with pikepdf.open(tmp_path / "out.pdf") as pdf:
        assert str(pdf.Root.AcroForm.Fields[0].V.Reason) == MARK


def test_configured_roots_do_not_hide_it(pki: Pki, form_pdf: Path, tmp_path: Path) -> None:
    """With real roots configured, a development signature is still told as such."""
    sign_pdf(form_pdf, tmp_path / "out.pdf", PluginSettings(home=tmp_path))
    report = verify_pdf(tmp_path / "out.pdf", PluginSettings(home=tmp_path, trust_roots=(pki.root,)))
    assert report.signatures[0].trust is Trust.DEVELOPMENT


def test_that_of_another_machine_is_not_trusted_and_still_told(pki: Pki, form_pdf: Path, tmp_path: Path) -> None:
    """A file from another home's development CA has no root here; its certificate says itself what it is."""
    sign_pdf(form_pdf, tmp_path / "out.pdf", PluginSettings(home=tmp_path / "there"))
    report = verify_pdf(tmp_path / "out.pdf", PluginSettings(home=tmp_path / "here", trust_roots=(pki.root,)))
    assert report.signatures[0].trust is Trust.UNTRUSTED
    assert "development-signature" in {finding.code for finding in report.findings}
    without_roots = verify_pdf(tmp_path / "out.pdf", PluginSettings(home=tmp_path / "here"))
    assert without_roots.signatures[0].trust is Trust.NOT_CHECKED
    assert {"development-signature", "roots-not-configured"} <= {finding.code for finding in without_roots.findings}


def test_only_the_owner_may_read_it(form_pdf: Path, tmp_path: Path) -> None:
    """The folder has mode 0700, its files 0600, and the root's key is not among them."""
    sign_pdf(form_pdf, tmp_path / "out.pdf", PluginSettings(home=tmp_path))
    folder = tmp_path / "dev-ca"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {each.name: stat.S_IMODE(each.stat().st_mode) for each in folder.iterdir()} == {
        "root.pem": 0o600,
        "signer.pem": 0o600,
        "signer.key": 0o600,
    }


def test_a_clock_that_was_ahead_when_it_was_made_does_no_harm(tmp_path: Path) -> None:
    """Its certificates hold from a day long before, so that it signs also after the clock was set right."""
    _, *certificates = development.ensure(tmp_path)
    assert {each.not_valid_before.year for each in certificates} == {2020}


def test_processes_that_come_first_at_once_agree(tmp_path: Path) -> None:
    """Four processes that find no development CA end with the same one, and leave nothing beside it."""
    code = (
        "import sys, pathlib; from quancheng_plugin.signing import development;"
        "sys.stdin.read(1); print(development.ensure(pathlib.Path(sys.argv[1]))[1].sha256.hex())"
    )
    racers = [
        subprocess.Popen([sys.executable, "-c", code, tmp_path], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        for _ in range(4)
    ]
    certificates = {racer.communicate(b"x", timeout=60)[0] for racer in racers}
    assert all(racer.returncode == 0 for racer in racers)
    assert len(certificates) == 1
    assert [each.name for each in tmp_path.iterdir()] == ["dev-ca"]


def test_damaged_folder_is_not_replaced_in_silence(form_pdf: Path, tmp_path: Path) -> None:
    """A development CA that lost a file is an error that says what to do; files signed by it stay recognisable."""
    settings = PluginSettings(home=tmp_path)
    sign_pdf(form_pdf, tmp_path / "one.pdf", settings)
    (tmp_path / "dev-ca" / "signer.key").unlink()
    with pytest.raises(DevelopmentAuthorityDamaged, match="dev-ca"):
        sign_pdf(form_pdf, tmp_path / "two.pdf", settings)
    assert verify_pdf(tmp_path / "one.pdf", settings).signatures[0].trust is Trust.DEVELOPMENT
