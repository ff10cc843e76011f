"""Whether a certificate's chain ends at a configured root (RFC 5280, 6; EN 319 102-1, 5.2.6)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from asn1crypto import x509
from pyhanko_certvalidator import CertificateValidator, ValidationContext
from pyhanko_certvalidator.errors import (
    DisallowedAlgorithmError,
    ExpiredError,
    InsufficientRevinfoError,
    InvalidCertificateError,
    NotYetValidError,
    PathBuildingError,
    PathError,
    RevokedError,
    ValidationError,
)
from pyhanko_certvalidator.path import ValidationPath
from pyhanko_certvalidator.policy_decl import CertRevTrustPolicy, FreshnessReqType, RevocationCheckingPolicy

from quancheng_plugin.findings import Finding
from quancheng_plugin.settings import PluginSettings
from quancheng_plugin.signing import development, remarks
from quancheng_plugin.signing.collecting import configured_roots
from quancheng_plugin.signing.container import Signer
from quancheng_plugin.signing.embedded import Store
from quancheng_plugin.signing.report import Trust

# Revocation is not taken back, so old data still convict; they do not acquit.
_OF_ANY_AGE = CertRevTrustPolicy(
    RevocationCheckingPolicy.from_legacy("soft-fail"),
    freshness=timedelta(days=36500),
    freshness_req_type=FreshnessReqType.MAX_DIFF_REVOCATION_VALIDATION,
)
# Data gathered after signing tell of the time before, too.
_TIMELY = CertRevTrustPolicy(RevocationCheckingPolicy.from_legacy("require"), retroactive_revinfo=True)
_NO_REVOCATION = CertRevTrustPolicy(RevocationCheckingPolicy.from_legacy("none"))


@dataclass(frozen=True)
class Roots:
    """What trust is judged by: the configured roots, and the root of this home's development CA."""

    configured: tuple[x509.Certificate, ...]
    development: x509.Certificate | None

    @classmethod
    def of(cls, settings: PluginSettings) -> "Roots":
        """Read them. Raises `KeyMissing` or `KeyUnusable` when a configured file is not there or no certificate."""
        return cls(tuple(configured_roots(settings)), development.known_root(settings.home))

    @property
    def all(self) -> list[x509.Certificate]:
        """Both kinds."""
        return [*self.configured, *([self.development] if self.development else [])]


@dataclass(frozen=True)
class Basis:
    """What a chain is judged on: roots, evidence in the file, and the moment as of which."""

    roots: Roots
    store: Store
    at: datetime


@dataclass(frozen=True)
class Judgment:
    """Trust in a signer at one moment; `remark` makes the finding of a field when there is something to say."""

    trust: Trust
    revocation_checked: bool = False
    remark: Callable[[str], Finding] | None = None


async def judge(signer: Signer, basis: Basis, purposes: set[str] | None = None) -> Judgment:
    """Judge a signer's chain; nothing is fetched.

    `purposes` are extended key usages that the certificate must carry (`time_stamping`).
    Revocation counts where the file has data about it, however old; `revocation_checked` says
    whether it had timely data for the whole chain.
    """
    try:
        path = await _path_by_what_is_there(signer, basis, purposes)
    except Exception as error:  # noqa: BLE001  certificates of strangers: what is no known verdict is "not checked"
        return _explained(error, basis.roots)
    development_root = basis.roots.development
    own = development_root is not None and path.first.sha256 == development_root.sha256
    trust = Trust.DEVELOPMENT if own else Trust.TRUSTED
    try:
        await _path(signer, basis, _TIMELY, purposes)
    except Exception:  # noqa: BLE001  as above; here it means that some certificate has no such data
        return Judgment(trust)
    return Judgment(trust, revocation_checked=True)


async def _path_by_what_is_there(signer: Signer, basis: Basis, purposes: set[str] | None) -> ValidationPath:
    try:
        return await _path(signer, basis, _OF_ANY_AGE, purposes)
    except InsufficientRevinfoError:
        # Data that are there, but say nothing: a responder that is not authorised, a revocation after `at`.
        return await _path(signer, basis, _NO_REVOCATION, purposes)


async def _path(
    signer: Signer, basis: Basis, revocation: CertRevTrustPolicy, purposes: set[str] | None
) -> ValidationPath:
    context = ValidationContext(
        trust_roots=basis.roots.all,
        other_certs=[*signer.others, *basis.store.certificates],
        ocsps=basis.store.ocsps,
        crls=basis.store.crls,
        moment=basis.at,
        revinfo_policy=revocation,
        allow_fetching=False,
    )
    validator = CertificateValidator(signer.certificate, validation_context=context)
    path: ValidationPath = await validator.async_validate_usage(  # type: ignore[no-untyped-call]  # untyped there
        set(), extended_key_usage=purposes
    )
    return path


def _explained(error: Exception, roots: Roots) -> Judgment:
    match error:
        case RevokedError(is_side_validation=False, revocation_dt=moment):
            return Judgment(Trust.UNTRUSTED, remark=lambda field: remarks.revoked(field, moment))
        case ExpiredError(expired_dt=moment) | NotYetValidError(valid_from=moment):
            return Judgment(Trust.UNTRUSTED, remark=lambda field: remarks.expired(field, moment))
        case PathBuildingError() if not roots.configured:
            return Judgment(Trust.NOT_CHECKED)
        case PathError() | ValidationError():
            zh, en = next(why for kind, why in _REASONS.items() if isinstance(error, kind))
            return Judgment(Trust.UNTRUSTED, remark=lambda field: remarks.untrusted(field, zh, en))
        case _:
            return Judgment(Trust.NOT_CHECKED, remark=lambda field: remarks.chain_unreadable(field, str(error)))


# The first kind that fits an error tells its reason.
_REASONS: dict[type[Exception], tuple[str, str]] = {
    PathError: ("证书链没有到达任何已配置的根证书", "its chain ends at no configured root"),
    DisallowedAlgorithmError: ("证书链使用了已不安全的算法", "its chain uses an algorithm that is no longer safe"),
    InvalidCertificateError: ("证书的用途不符", "it was issued for another purpose"),
    ValidationError: ("证书链验证不通过", "its chain does not validate"),
}
