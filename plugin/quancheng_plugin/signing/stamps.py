"""RFC 3161 time stamps: those attached to a signature, and document time stamps."""

from collections.abc import Callable
from dataclasses import dataclass

from asn1crypto import cms, tsp
from pyhanko.sign.validation.generic_cms import extract_tst_data_iter

from quancheng_plugin.signing import container
from quancheng_plugin.signing.certificate import name_of
from quancheng_plugin.signing.chain import Basis, Judgment, judge
from quancheng_plugin.signing.report import TimeStampReport, Trust

_PURPOSE = {"time_stamping"}


@dataclass(frozen=True)
class Stamp:
    """A stamp with its report; `signer` is None when the authority's certificate is missing."""

    report: TimeStampReport
    signer: container.Signer | None
    judgment: Judgment

    @property
    def proves(self) -> bool:
        """Whether its time is proven: intact, and from an authority under a configured root."""
        return self.report.intact is True and self.report.trust is Trust.TRUSTED


async def examine(token: cms.SignedData, imprint: Callable[[str], bytes], basis: Basis) -> Stamp | None:
    """Check a token against the bytes that it should stamp, its authority as of `basis.at`; None when unreadable.

    `imprint` gives the digest of those bytes by algorithm.
    """
    info = _info(token)
    if info is None:
        return None
    signer = container.signer_of(token)
    judgment = await judge(signer, basis, _PURPOSE) if signer else Judgment(Trust.NOT_CHECKED)
    intact = _intact(token, info, signer, imprint)
    report = TimeStampReport(
        at=info["gen_time"].native,
        authority=name_of(signer.certificate) if signer else "?",
        intact=intact,
        trust=judgment.trust if intact else Trust.NOT_CHECKED,
    )
    return Stamp(report, signer, judgment)


async def attached(signer_info: cms.SignerInfo, basis: Basis) -> Stamp | None:
    """The time stamp of a signature: the first that proves a time, else the first; None when there is none."""
    signature = signer_info["signature"].native
    found = []
    for token in _tokens(signer_info):
        stamp = await examine(token, lambda name: container.digest_of(signature, name), basis)
        found += [stamp] if stamp else []
    return next((stamp for stamp in found if stamp.proves), found[0] if found else None)


def _tokens(signer_info: cms.SignerInfo) -> list[cms.SignedData]:
    try:
        return list(extract_tst_data_iter(signer_info, signed=False))
    except (ValueError, TypeError, KeyError):  # attributes that are no ASN.1 of the right kind
        return []


def _info(token: cms.SignedData) -> tsp.TSTInfo | None:
    try:
        info = token["encap_content_info"]["content"].parsed
        info["gen_time"].native  # noqa: B018  asn1crypto reads only when asked
        info["message_imprint"].native  # noqa: B018  as above
    except (ValueError, TypeError, KeyError, AttributeError):
        return None
    return info if isinstance(info, tsp.TSTInfo) else None


def _intact(
    token: cms.SignedData, info: tsp.TSTInfo, signer: container.Signer | None, imprint: Callable[[str], bytes]
) -> bool | None:
    stamped = info["message_imprint"]
    try:
        same = imprint(stamped["hash_algorithm"]["algorithm"].native) == stamped["hashed_message"].native
        digest = container.encapsulated_digest(token)
    except Exception:  # noqa: BLE001  a digest that is not known here (SM3) is no sign of change
        return None
    if not same:
        return False
    return container.check(token, signer, digest).intact if signer else None
