"""A certification authority with OCSP, CRL and time stamps over real HTTP, by certomancer."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from asn1crypto import ocsp, pem, x509
from certomancer.integrations.animator import Animator, AnimatorArchStore
from certomancer.registry import ArchLabel, CertLabel, CertomancerConfig, PKIArchitecture
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from pyhanko_certvalidator.authority import AuthorityWithCert
from pyhanko_certvalidator.fetchers.requests_fetchers import RequestsFetcherBackend
from werkzeug.serving import make_server

from quancheng_plugin.settings import PluginSettings

KEYS = ("root", "interm", "ocsp", "tsa", "signer", "other")

CONFIG = """
keysets:
  test:
    path-prefix: .
    keys: {keys}
pki-architectures:
  test:
    keyset: test
    entity-defaults: {{country-name: CN, organization-name: 测试机关}}
    entities:
      root: {{common-name: 测试根}}
      interm: {{common-name: 测试中级}}
      ocsp: {{common-name: 测试OCSP}}
      tsa: {{common-name: 测试时间戳}}
      signer: {{common-name: 福建省海洋与渔业执法总队}}
      other: {{common-name: 另一单位}}
    certs:
      root:
        subject: root
        issuer: root
        validity: &long {{valid-from: "2020-01-01T00:00:00+0000", valid-to: "2100-01-01T00:00:00+0000"}}
        profiles: [{{id: simple-ca, params: {{crl-repo: root}}}}]
      interm:
        issuer: root
        validity: *long
        profiles: [{{id: simple-ca, params: {{crl-repo: root, max-path-len: 0}}}}]
      ocsp:
        issuer: interm
        validity: *long
        profiles: [ocsp-responder]
      tsa:
        issuer: root
        validity: {{valid-from: "2020-01-01T00:00:00+0000", valid-to: "{tsa_until}"}}
        extensions: &tsa
          - {{id: key_usage, critical: true, smart-value: {{schema: key-usage, params: [digital_signature]}}}}
          - {{id: extended_key_usage, critical: true, value: [time_stamping]}}
          - {{id: crl_distribution_points, smart-value: {{schema: crl-dist-url, params: {{crl-repo-names: [root]}}}}}}
      tsa-next:
        subject: tsa
        subject-key: other
        issuer: root
        validity: *long
        extensions: *tsa
      signer: &signer
        subject: signer
        issuer: interm
        validity: {{valid-from: "2020-01-01T00:00:00+0000", valid-to: "{signer_until}"}}
        profiles: [digsig-commitment]
        extensions: &ocsp
          - id: authority_information_access
            smart-value: {{schema: aia-urls, params: {{ocsp-responder-names: [interm]}}}}
      expired:
        <<: *signer
        validity: {{valid-from: "2020-01-01T00:00:00+0000", valid-to: "2021-01-01T00:00:00+0000"}}
      future:
        <<: *signer
        validity: {{valid-from: "2090-01-01T00:00:00+0000", valid-to: "2091-01-01T00:00:00+0000"}}
      revoked:
        <<: *signer
        subject: other
        validity: *long
        revocation: {{revoked-since: "{revoked_since}", reason: key_compromise}}
      encrypting:
        <<: *signer
        profiles: []
        extensions:
          - {{id: key_usage, critical: true, smart-value: {{schema: key-usage, params: [key_encipherment]}}}}
    services:
      ocsp: {{interm: {{for-issuer: interm, responder-cert: ocsp, signing-key: ocsp}}}}
      crl-repo: {{root: {{for-issuer: root, signing-key: root, simulated-update-schedule: P90D}}}}
      time-stamping:
        tsa: {{signing-key: tsa, signing-cert: tsa}}
        next: {{signing-key: other, signing-cert: tsa-next}}
"""


@dataclass(frozen=True)
class Pki:
    """A running authority; `root` and the rest of `folder` are PEM files."""

    arch: PKIArchitecture
    url: str
    folder: Path
    requests: list[str]
    """Paths that were asked for, in order."""

    @property
    def root(self) -> Path:
        """The root certificate."""
        return self._pem("root", "root")

    def tsa(self, label: str = "tsa") -> str:
        """Address of a time-stamp authority."""
        return f"{self.url}/test/tsa/{label}"

    def certificate(self, label: str) -> x509.Certificate:
        """A certificate by its label."""
        return self.arch.get_cert(CertLabel(label))

    def pkcs12(self, label: str = "signer", passphrase: bytes = b"secret") -> Path:
        """A key with its chain as PKCS#12."""
        path = self.folder / f"{label}.p12"
        path.write_bytes(self.arch.package_pkcs12(CertLabel(label), password=passphrase))
        return path

    def key(self, label: str = "signer") -> Path:
        """A private key as PEM."""
        return self.folder / f"{label}.key.pem"

    def chain(self, label: str = "signer") -> Path:
        """A certificate and those above it as PEM."""
        return self._pem(label, label, "interm", "root")

    def settings(self, home: Path, **other: Any) -> PluginSettings:
        """Settings that sign with the PKCS#12 of `signer` and trust the root."""
        values = {"sign_pkcs12": self.pkcs12(), "sign_passphrase": "secret", "trust_roots": (self.root,)}
        return PluginSettings(home=home, **{**values, **other})

    def ask_ocsp(self, label: str) -> ocsp.OCSPResponse:
        """The answer of the OCSP service about a certificate, now."""
        fetcher = RequestsFetcherBackend().get_fetchers().ocsp_fetcher
        return asyncio.run(fetcher.fetch(self.certificate(label), AuthorityWithCert(self.certificate("interm"))))

    def _pem(self, name: str, *labels: str) -> Path:
        path = self.folder / f"{name}.crt.pem"
        path.write_bytes(b"".join(pem.armor("CERTIFICATE", self.certificate(label).dump()) for label in labels))
        return path


def _write_keys(folder: Path) -> str:
    for name in KEYS:
        key = rsa.generate_private_key(65537, 2048) if name == "signer" else ec.generate_private_key(ec.SECP256R1())
        form = serialization.PrivateFormat.PKCS8
        content = key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption())
        (folder / f"{name}.key.pem").write_bytes(content)
    return "{" + ", ".join(f"{name}: {{path: {name}.key.pem}}" for name in KEYS) + "}"


@contextmanager
def running_pki(folder: Path, **times: datetime) -> Iterator[Pki]:
    """An authority on a free port of the loopback; its certificates name that port."""
    apps: list[Animator] = []
    requests: list[str] = []

    def app(environ: dict[str, Any], start: Any) -> Any:
        requests.append(environ["PATH_INFO"])
        return apps[0](environ, start)

    server = make_server("127.0.0.1", 0, app, threaded=True)
    url = f"http://127.0.0.1:{server.port}"
    far = datetime(2099, 1, 1, tzinfo=UTC)
    known = {"tsa_until": far, "signer_until": far, "revoked_since": datetime(2024, 1, 1, tzinfo=UTC), **times}
    written = {name: at.strftime("%Y-%m-%dT%H:%M:%S+0000") for name, at in known.items()}
    text = CONFIG.format(keys=_write_keys(folder), **written)
    arch = CertomancerConfig.from_yaml(text, str(folder), external_url_prefix=url).get_pki_arch(ArchLabel("test"))
    apps.append(Animator(AnimatorArchStore({ArchLabel("test"): arch}), with_web_ui=False))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield Pki(arch, url, folder, requests)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
