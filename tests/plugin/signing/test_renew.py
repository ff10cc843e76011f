"""Renewal: time stamps carry a signature past the life of its certificates."""

import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

from quancheng_plugin.settings import PluginSettings
from quancheng_plugin.signing.errors import NothingToRenew, TimeStampNotConfigured
from quancheng_plugin.signing.renew import renew_pdf
from quancheng_plugin.signing.report import Trust
from quancheng_plugin.signing.sign import sign_pdf
from quancheng_plugin.signing.verify import verify_pdf
from tests.plugin.signing.pki import Pki


def test_renewed_file_outlives_signer_and_authority(
    fresh_pki: Callable[..., Pki], soon: Callable[[float], datetime], form_pdf: Path, tmp_path: Path
) -> None:
    """Signer and first authority expire; the file that a second authority stamped in time is trusted, the other not."""
    end = soon(6)
    pki = fresh_pki(tsa_until=end, signer_until=end)
    settings = pki.settings(tmp_path, sign_level="B-LTA", tsa_url=pki.tsa())
    sign_pdf(form_pdf, tmp_path / "lta.pdf", settings)
    renewed = renew_pdf(tmp_path / "lta.pdf", tmp_path / "renewed.pdf", pki.settings(tmp_path, tsa_url=pki.tsa("next")))
    assert renewed.valid
    time.sleep(max(0, end.timestamp() - time.time()) + 2)
    old, new = (verify_pdf(tmp_path / f"{name}.pdf", settings) for name in ("lta", "renewed"))
    assert (old.valid, new.valid) == (True, True)
    assert [each.trust for each in new.signatures] == [Trust.TRUSTED] * 3
    assert new.findings == ()
    assert old.signatures[0].trust is Trust.UNTRUSTED
    assert "certificate-expired" in {finding.code for finding in old.findings}


def test_plain_signature_is_raised_to_long_term(pki: Pki, form_pdf: Path, tmp_path: Path) -> None:
    """A B-B file gets its evidence and a document time stamp: B-LTA, with the source as its prefix."""
    sign_pdf(form_pdf, tmp_path / "b.pdf", pki.settings(tmp_path))
    report = renew_pdf(tmp_path / "b.pdf", tmp_path / "r.pdf", pki.settings(tmp_path, tsa_url=pki.tsa()))
    assert [(each.kind, each.level) for each in report.signatures] == [
        ("signature", "B-LTA"),
        ("document-timestamp", None),
    ]
    assert report.signatures[0].not_checked == ()
    assert (tmp_path / "r.pdf").read_bytes().startswith((tmp_path / "b.pdf").read_bytes())


def test_nothing_to_renew(pki: Pki, form_pdf: Path, tmp_path: Path) -> None:
    """Unsigned and broken files are refused, and so is renewal without an authority."""
    settings = pki.settings(tmp_path, tsa_url=pki.tsa())
    with pytest.raises(NothingToRenew):
        renew_pdf(form_pdf, tmp_path / "out.pdf", settings)
    sign_pdf(form_pdf, tmp_path / "b.pdf", settings)
    content = bytearray((tmp_path / "b.pdf").read_bytes())
    content[-200] ^= 1
    content[300] ^= 1
    (tmp_path / "broken.pdf").write_bytes(content)
    with pytest.raises(NothingToRenew):
        renew_pdf(tmp_path / "broken.pdf", tmp_path / "out.pdf", settings)
    with pytest.raises(TimeStampNotConfigured):
        renew_pdf(tmp_path / "b.pdf", tmp_path / "out.pdf", PluginSettings(home=tmp_path))
    assert not (tmp_path / "out.pdf").exists()
