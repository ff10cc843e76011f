"""Signers from files, and what is said when one cannot be used."""

import subprocess
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from pydantic import SecretStr

from quancheng_plugin.settings import PluginSettings
from quancheng_plugin.signing.errors import (
    CertificateExpired,
    CertificateUsage,
    KeyMissing,
    KeySettings,
    KeyUnusable,
    PassphraseWrong,
)
from quancheng_plugin.signing.keys import signing_identity
from quancheng_plugin.signing.sign import sign_pdf
from quancheng_plugin.signing.verify import verify_pdf
from tests.plugin.signing.pki import Pki


def opened(settings: PluginSettings) -> list[str]:
    """The names of signer and chain."""
    with signing_identity(settings) as identity:
        assert not identity.development
        return [each.subject.native["common_name"] for each in (identity.certificate, *identity.chain)]


def test_pkcs12_with_its_chain(pki: Pki, tmp_path: Path) -> None:
    """A PKCS#12 file gives the signer and those above it."""
    assert set(opened(pki.settings(tmp_path))) == {"福建省海洋与渔业执法总队", "测试中级", "测试根"}


@pytest.mark.parametrize("how", [["-passout", "pass:"], ["-passout", "pass:", "-nomac"]])
def test_pkcs12_without_passphrase(pki: Pki, tmp_path: Path, how: list[str]) -> None:
    """A PKCS#12 file made by OpenSSL with an empty passphrase opens without one, with or without a MAC."""
    made = [
        "openssl",
        "pkcs12",
        "-export",
        "-inkey",
        pki.key(),
        "-in",
        pki.chain(),
        "-out",
        tmp_path / "empty.p12",
        *how,
    ]
    subprocess.run(made, check=True, capture_output=True)
    settings = pki.settings(tmp_path, sign_pkcs12=tmp_path / "empty.p12", sign_passphrase=None)
    assert opened(settings)[0] == "福建省海洋与渔业执法总队"


def test_pem_key_and_chain_in_any_order(pki: Pki, tmp_path: Path) -> None:
    """The signer's certificate is found by its key, wherever it stands in the file."""
    certificates = pki.chain().read_bytes().split(b"-----END CERTIFICATE-----\n")[:-1]
    chain = tmp_path / "chain.pem"
    chain.write_bytes(b"".join(each + b"-----END CERTIFICATE-----\n" for each in reversed(certificates)))
    settings = PluginSettings(home=tmp_path, sign_key=pki.key(), sign_cert=chain)
    assert opened(settings)[0] == "福建省海洋与渔业执法总队"


def test_encrypted_pem_key_signs(pki: Pki, form_pdf: Path, tmp_path: Path) -> None:
    """A PEM key under a passphrase signs what then verifies."""
    key = serialization.load_pem_private_key(pki.key().read_bytes(), None)
    form = serialization.BestAvailableEncryption("口令".encode())
    (tmp_path / "key.pem").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, form)
    )
    settings = PluginSettings(
        home=tmp_path,
        sign_key=tmp_path / "key.pem",
        sign_cert=pki.chain(),
        sign_passphrase="口令",  # noqa: S106  made for this test
        trust_roots=(pki.root,),
    )
    sign_pdf(form_pdf, tmp_path / "out.pdf", settings)
    assert verify_pdf(tmp_path / "out.pdf", settings).valid
    for wrong in ("falsch", None):
        with pytest.raises(PassphraseWrong, match="QUANCHENG_SIGN_PASSPHRASE"):
            opened(settings.model_copy(update={"sign_passphrase": wrong and SecretStr(wrong)}))


def test_passphrase_for_a_key_that_has_none(pki: Pki, tmp_path: Path) -> None:
    """A passphrase too many does no harm."""
    settings = PluginSettings(home=tmp_path, sign_key=pki.key(), sign_cert=pki.chain())
    assert opened(settings.model_copy(update={"sign_passphrase": SecretStr("x")}))


@pytest.mark.parametrize("passphrase", ["falsch", None])
def test_wrong_passphrase_of_pkcs12(pki: Pki, form_pdf: Path, tmp_path: Path, passphrase: str | None) -> None:
    """A wrong or missing passphrase has its own code, and nothing is written."""
    with pytest.raises(PassphraseWrong) as failure:
        sign_pdf(form_pdf, tmp_path / "out.pdf", pki.settings(tmp_path, sign_passphrase=passphrase))
    assert failure.value.code == "QC-SIGN-PASSPHRASE"
    assert not (tmp_path / "out.pdf").exists()


def test_missing_file_is_named(pki: Pki, tmp_path: Path) -> None:
    """The path that is not there stands in the sentence."""
    with pytest.raises(KeyMissing, match=r"keiner\.p12"):
        opened(pki.settings(tmp_path, sign_pkcs12=tmp_path / "keiner.p12"))


@pytest.mark.parametrize(
    "content", [b"", b"no key at all", b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"]
)
def test_file_that_is_no_key(pki: Pki, tmp_path: Path, content: bytes) -> None:
    """Files of other content are unusable as key, as certificate and as PKCS#12."""
    junk = tmp_path / "junk"
    junk.write_bytes(content)
    for named in (
        {"sign_pkcs12": junk},
        {"sign_key": junk, "sign_cert": pki.chain()},
        {"sign_key": pki.key(), "sign_cert": junk},
    ):
        with pytest.raises(KeyUnusable):
            opened(PluginSettings(home=tmp_path, **named))


def test_key_of_another_certificate(pki: Pki, tmp_path: Path) -> None:
    """Key and certificate that do not belong together are refused."""
    with pytest.raises(KeyUnusable, match="不是一对"):
        opened(PluginSettings(home=tmp_path, sign_key=pki.key("other"), sign_cert=pki.chain()))


@pytest.mark.parametrize(
    "bad",
    [
        ("expired", CertificateExpired, "2021-01-01到期"),
        ("future", CertificateExpired, "2090-01-01起"),
        ("encrypting", CertificateUsage, "不能用于签名"),
    ],
)
def test_certificate_that_must_not_sign(
    pki: Pki, form_pdf: Path, tmp_path: Path, bad: tuple[str, type[Exception], str]
) -> None:
    """Expired, not yet valid, or issued for another use: refused with what to do."""
    label, error, says = bad
    with pytest.raises(error, match=says):
        sign_pdf(form_pdf, tmp_path / "out.pdf", pki.settings(tmp_path, sign_pkcs12=pki.pkcs12(label)))
    assert not (tmp_path / "out.pdf").exists()


@pytest.mark.parametrize(
    "named",
    [
        {"sign_key": "key.pem"},
        {"sign_cert": "cert.pem"},
        {"pkcs11_module": "lib.so"},
        {"pkcs11_token": "token"},
        {"sign_passphrase": "alone"},
        {"sign_pkcs12": "a.p12", "sign_key": "key.pem", "sign_cert": "cert.pem"},
    ],
)
def test_half_a_signer_never_falls_back_to_the_development_ca(tmp_path: Path, named: dict[str, Any]) -> None:
    """Settings that name half a signer, or two, are an error: a slip must not sign without legal force."""
    with pytest.raises(KeySettings):
        opened(PluginSettings(home=tmp_path, **named))
    assert not (tmp_path / "dev-ca").exists()
