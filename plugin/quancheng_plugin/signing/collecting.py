"""Chains and revocation data for B-LT and B-LTA, gathered over the network while signing."""

import zlib
from collections.abc import Iterator
from contextlib import contextmanager

from asn1crypto import x509
from pyhanko.pdf_utils.misc import PdfError
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.errors import PathBuildingError, PathError, RevokedError, ValidationError

from quancheng_plugin.errors import DamagedFile, QuanchengError
from quancheng_plugin.settings import PluginSettings
from quancheng_plugin.signing import development
from quancheng_plugin.signing.errors import CertificateRevoked, RevocationUnavailable, SigningFailed
from quancheng_plugin.signing.identity import SigningIdentity
from quancheng_plugin.signing.key_files import read_certificates


def collecting_context(settings: PluginSettings, identity: SigningIdentity | None) -> ValidationContext:
    """A context that fetches what the certificates declare (OCSP, CRL, issuers), from there only.

    Roots are those of the settings and the signer's own: gathering its evidence is no judgment
    of trust. Revocation data are a must where a certificate declares a source (hard-fail).
    """
    own = [*identity.chain, identity.certificate] if identity else []
    home_root = development.known_root(settings.home)
    roots = [*configured_roots(settings), *([home_root] if home_root else [])]
    roots += [each for each in own if each.self_signed in {"yes", "maybe"}]
    return ValidationContext(trust_roots=roots, other_certs=own, allow_fetching=True, revocation_mode="hard-fail")


def configured_roots(settings: PluginSettings) -> list[x509.Certificate]:
    """The certificates of `trust_roots`. Raises `KeyMissing` or `KeyUnusable`."""
    return [certificate for path in settings.trust_roots for certificate in read_certificates(path)]


@contextmanager
def collecting_errors() -> Iterator[None]:
    """Turn what goes wrong inside pyHanko while signing into errors for a person."""
    try:
        yield
    except (QuanchengError, OSError):
        raise
    except Exception as error:
        # A ruined stream, a token pulled out: whatever it is, nothing was written and the person must know.
        raise _explained(error) from error


def _explained(error: Exception) -> QuanchengError:
    causes = _causes(error)
    if any(isinstance(each, RevokedError) for each in causes):
        return CertificateRevoked(
            zh=f"证书链中有证书已被吊销，不能签名：{causes[-1]}。请联系发证机构。",
            en=f"A certificate of the chain is revoked; it cannot sign: {causes[-1]}. Ask its issuer.",
        )
    if any(isinstance(each, ValidationError | PathError | PathBuildingError) for each in causes):
        return RevocationUnavailable(
            zh=f"取不到证书链或吊销信息（OCSP/CRL）：{causes[-1]}。文件没有签名。请检查到发证机构的网络，"
            "并在 QUANCHENG_TRUST_ROOTS 中加入签名证书和时间戳服务的根证书。",
            en=f"The chain or its revocation data (OCSP/CRL) could not be gathered: {causes[-1]}. Nothing was signed. "
            "Check the network to the issuer, and add the roots of signer and time-stamp authority to "
            "QUANCHENG_TRUST_ROOTS.",
        )
    if isinstance(error, PdfError | zlib.error):
        return DamagedFile(
            zh=f"PDF 的结构不能追加签名：{error}。请重新导出后再试。",
            en=f"The PDF's structure does not take a signature: {error}. Export it again.",
        )
    return SigningFailed(
        zh=f"签名没有完成：{error}。文件没有写出。", en=f"Signing failed: {error}. Nothing was written."
    )


def _causes(error: BaseException) -> list[BaseException]:
    found = [error]
    while (error := found[-1].__cause__ or found[-1].__context__) is not None and error not in found:  # type: ignore[assignment]  # None ends it
        found.append(error)
    return found
