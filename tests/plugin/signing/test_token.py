"""A key that stays on a PKCS#11 token: SoftHSM, as it comes from the distribution."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pkcs11
import pytest
from pkcs11.util.x509 import decode_x509_certificate
from pydantic import SecretStr

from quancheng_plugin.settings import PluginSettings
from quancheng_plugin.signing.errors import KeyMissing, PassphraseWrong
from quancheng_plugin.signing.report import Trust
from quancheng_plugin.signing.sign import sign_pdf
from quancheng_plugin.signing.verify import verify_pdf
from tests.plugin.signing.pki import Pki

MODULES = [Path(f"/usr/lib/{part}softhsm/libsofthsm2.so") for part in ("", "x86_64-linux-gnu/", "aarch64-linux-gnu/")]


@pytest.fixture(scope="module")
def token(pki: Pki, tmp_path_factory: pytest.TempPathFactory) -> Iterator[PluginSettings]:
    """Settings for a token with the signer's key and its chain."""
    module = next((each for each in MODULES if each.is_file()), None)
    if module is None or not shutil.which("softhsm2-util"):
        pytest.skip("没有安装 softhsm2。SoftHSM is not installed.")
    folder = tmp_path_factory.mktemp("token")
    (folder / "tokens").mkdir()
    (folder / "softhsm2.conf").write_text(f"directories.tokendir = {folder}/tokens\n")
    before = os.environ.get("SOFTHSM2_CONF")
    os.environ["SOFTHSM2_CONF"] = str(folder / "softhsm2.conf")
    tool = ["softhsm2-util", "--token", "执法"]
    subprocess.run(
        ["softhsm2-util", "--init-token", "--free", "--label", "执法", "--pin", "1234", "--so-pin", "5678"],
        check=True,
        capture_output=True,
    )
    subprocess.run(
        [*tool, "--import", pki.key(), "--label", "sign", "--id", "01", "--pin", "1234"],
        check=True,
        capture_output=True,
    )
    found = pkcs11.lib(str(module)).get_token(token_label="执法")  # noqa: S106  a label
    with found.open(user_pin="1234", rw=True) as session:
        for label, name in (("sign", "signer"), ("above", "interm"), ("other", "tsa")):
            values = decode_x509_certificate(pki.certificate(name).dump())
            session.create_object({**values, pkcs11.Attribute.LABEL: label, pkcs11.Attribute.TOKEN: True})
    yield PluginSettings(
        home=folder,
        pkcs11_module=module,
        pkcs11_token="执法",  # noqa: S106  a label
        pkcs11_key="sign",
        sign_passphrase="1234",  # noqa: S106  made for this test
        trust_roots=(pki.root,),
    )
    os.environ.pop("SOFTHSM2_CONF")
    if before is not None:
        os.environ["SOFTHSM2_CONF"] = before


def test_token_signs(token: PluginSettings, form_pdf: Path, tmp_path: Path) -> None:
    """What the token signs is trusted under the root, with the chain from the token and nothing else from it."""
    result = sign_pdf(form_pdf, tmp_path / "out.pdf", token)
    report = verify_pdf(tmp_path / "out.pdf", token)
    assert (result.signer, result.development) == ("福建省海洋与渔业执法总队", False)
    assert (report.valid, report.signatures[0].trust, report.findings) == (True, Trust.TRUSTED, ())


def test_token_twice_in_one_process(token: PluginSettings, form_pdf: Path, tmp_path: Path) -> None:
    """The session is closed after each signature, so that the next one can log in again."""
    for name in ("a", "b"):
        sign_pdf(form_pdf, tmp_path / f"{name}.pdf", token)
        assert verify_pdf(tmp_path / f"{name}.pdf", token).valid


def test_wrong_pin(token: PluginSettings, form_pdf: Path, tmp_path: Path) -> None:
    """A wrong PIN is tried once and warns of locking."""
    with pytest.raises(PassphraseWrong, match="PIN"):
        sign_pdf(form_pdf, tmp_path / "out.pdf", token.model_copy(update={"sign_passphrase": _secret("0000")}))
    assert not (tmp_path / "out.pdf").exists()


@pytest.mark.parametrize(
    ("named", "says"),
    [
        ({"pkcs11_key": "keiner"}, "QUANCHENG_PKCS11_KEY"),
        ({"pkcs11_token": "keines"}, "令牌"),
        ({"pkcs11_module": Path("/nowhere/lib.so")}, "QUANCHENG_PKCS11_MODULE"),
        ({"pkcs11_module": Path("/etc/hostname")}, "令牌"),
    ],
)
def test_what_is_not_there(
    token: PluginSettings, form_pdf: Path, tmp_path: Path, named: dict[str, Any], says: str
) -> None:
    """Missing module, token or key: each says which setting to check."""
    with pytest.raises(KeyMissing, match=says):
        sign_pdf(form_pdf, tmp_path / "out.pdf", token.model_copy(update=named))


def _secret(value: str) -> SecretStr | None:
    return PluginSettings(sign_passphrase=value).sign_passphrase
