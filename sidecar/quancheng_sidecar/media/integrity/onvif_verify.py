"""Verification of ONVIF media signatures: which units of a video its device signed, which were changed or are missing.

Steps follow the reference framework of the specification (see `onvif_sei`); where that judges a live stream from its
oldest pending unit on, the whole recording is at hand here, so each statement's units are looked up by their hashes.
Not checked: whether the certificate is one of the camera's maker (no trust anchor is configured), whether it was
revoked, and whether the device's clock was right. Sound is not signed.
"""

import bisect
import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, groupby, pairwise

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa, utils

from quancheng_sidecar.media.integrity.onvif_claims import Claim, laid_over
from quancheng_sidecar.media.integrity.onvif_sei import Statement
from quancheng_sidecar.media.integrity.onvif_units import OUT_OF_ORDER, Placed, SignedStream

_COUNTERS = 1 << 32
_HASHES = {"sha256": hashes.SHA256(), "sha384": hashes.SHA384(), "sha512": hashes.SHA512()}
_MOST_CERTIFICATES = 10


@dataclass(frozen=True)
class Verified:
    """Outcome for each unit: `valid` flags by place; from `pending_from` on no signature came any more.

    `missing` units were signed and are gone. `added` stand in a signed group of which nothing is gone (damage alters
    units or splits them, and then the signed ones are gone) and were signed nowhere, `moved` were signed for another
    place, further off than networks put them; neither is told of a group that holds units alike to the byte.
    `gaps` counts statements that are missing between others, or do not link to the one before, `broken` those that
    cannot be read or whose signature is wrong.
    """

    claims: tuple[Claim, ...]
    valid: bytearray
    pending_from: int
    missing: int
    added: int
    moved: int
    gaps: int
    broken: int
    keys: tuple[x509.Certificate, ...]
    """Leaf certificates in the order of their first use; more than one is against the rules."""
    chain_holds: bool

    @property
    def not_valid(self) -> list[int]:
        """Places of units that nothing vouches for."""
        return [place for place in range(self.pending_from) if not self.valid[place]]


def verify(stream: SignedStream) -> Verified:
    """Verify all statements over all units; nothing is raised for what they hold."""
    chains = _chains(stream)
    valid = bytearray(len(stream.hashes))
    claims = _claims(stream, chains, valid)
    laid = {claim.group for claim in claims if claim.matched}
    # A statement that was sent again with some pictures tells of units that its second one found.
    begun = [claim for claim in claims if claim.trusted and (claim.matched or claim.group not in laid)]
    while begun and not begun[0].matched:  # the recording was cut off before: these tell of units that lie before it
        begun.pop(0)
    pending_from = _pending_from(stream, claims, valid)
    vouched = {stream.hashes[place] for place, flag in enumerate(valid) if flag}
    gone = frozenset[bytes]().union(*(claim.gone for claim in claims if claim.trusted))
    vouched |= gone | {stream.hashes[place] for place, of_former in stream.late.items() if of_former in gone}
    # A unit that stands there once more was sent again, one that another group names came late or was moved.
    counted = list(accumulate((value in vouched for value in stream.hashes), initial=0))
    foreign = [(_foreign(claim, behind, counted), claim) for claim, behind in _with_ends(begun)]
    alike = _alike(stream, claims)
    readable = [chain for chain in chains if chain]
    leaves = {chain[0].fingerprint(hashes.SHA256()): chain[0] for chain in readable}
    both = zip(stream.placed, chains, strict=True)
    return Verified(
        claims=tuple(claims),
        valid=valid,
        pending_from=pending_from,
        missing=sum(max(0, claim.missing - count) for count, claim in foreign),
        added=sum(count for count, claim in foreign if not claim.missing and alike.isdisjoint(claim.named)),
        moved=_moved(stream, [claim for claim in claims if alike.isdisjoint(claim.named)], valid, pending_from),
        gaps=sum(not _follows(a, b) for a, b in pairwise(begun)),
        broken=sum(_is_broken(placed, chain, stream.algorithm) for placed, chain in both),
        keys=tuple(leaves.values()),
        chain_holds=bool(readable) and all(_holds(chain) for chain in set(readable)),
    )


def _chains(stream: SignedStream) -> list[tuple[x509.Certificate, ...]]:
    """For each statement its certificates: its own, else those last seen, else the first that come."""
    found: list[tuple[x509.Certificate, ...]] = []
    for placed in stream.placed:
        own = _certificates(placed.statement.chain) if placed.statement and placed.statement.chain else ()
        found.append(own or (found[-1] if found else ()))
    first = next((chain for chain in found if chain), ())
    return [chain or first for chain in found]


def _certificates(pem: bytes) -> tuple[x509.Certificate, ...]:
    try:
        return tuple(x509.load_pem_x509_certificates(pem)[:_MOST_CERTIFICATES])
    except ValueError:
        return ()


def _holds(chain: Sequence[x509.Certificate]) -> bool:
    """Whether each certificate was issued by the next one sent."""
    try:
        for one, issuer in pairwise(chain):
            one.verify_directly_issued_by(issuer)
    except (ValueError, TypeError, InvalidSignature, UnsupportedAlgorithm):
        return False
    return True


def _is_signed(statement: Statement, chain: Sequence[x509.Certificate], algorithm: str) -> bool:
    """Whether the statement's signature is right for its document: ECDSA, or RSA-PSS with SHA-256."""
    if not chain or statement.signature is None:
        return False
    digest = hashlib.new(algorithm, statement.document).digest()
    prehashed = utils.Prehashed(_HASHES[algorithm])
    try:
        key = chain[0].public_key()
        if isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(statement.signature, digest, ec.ECDSA(prehashed))
        elif isinstance(key, rsa.RSAPublicKey):
            pss = padding.PSS(padding.MGF1(_HASHES[algorithm]), padding.PSS.AUTO)
            key.verify(statement.signature, digest, pss, prehashed)
        else:
            return False
    except (InvalidSignature, UnsupportedAlgorithm, ValueError):
        return False
    return True


def _is_broken(placed: Placed, chain: Sequence[x509.Certificate], algorithm: str) -> bool:
    said = placed.statement
    return said is None or (said.signature is not None and bool(chain) and not _is_signed(said, chain, algorithm))


def _claims(stream: SignedStream, chains: Sequence[Sequence[x509.Certificate]], valid: bytearray) -> list[Claim]:
    """Statements on groups, the last first: a signed one vouches for the unsigned ones among its units.

    Flags in `valid` the units that they vouch for.
    """
    found: list[Claim] = []
    end = len(stream.hashes)
    for placed, chain in reversed(list(zip(stream.placed, chains, strict=True))):
        said = placed.statement
        if said is None or said.group is None or said.certificate_only:
            continue
        trusted = bool(valid[placed.unit]) if placed.unit is not None else _is_signed(said, chain, stream.algorithm)
        claim = laid_over(stream, said, said.group, placed.before, end)
        found.append(replace(claim, trusted=trusted))
        if trusted and claim.matched:
            for place in claim.matched:
                valid[place] = 1
            end = claim.matched[0]
    return found[::-1]


def _pending_from(stream: SignedStream, claims: Sequence[Claim], valid: bytearray) -> int:
    """The first of the units at the end whose signature did not come any more, as when recording stops."""
    behind = valid.rfind(1) + 1
    if not behind:
        return len(valid)
    for claim in claims:
        if claim.trusted and not claim.matched and claim.position > behind:
            # It tells of the group before it, which should be there.
            latest = bisect.bisect_left(stream.firsts, claim.position) - 1
            behind = max(behind, stream.firsts[latest] if latest >= 0 else behind)
    return behind


def _with_ends(begun: Sequence[Claim]) -> Iterator[tuple[Claim, int]]:
    """Each claim with the place behind the last unit that one before it names."""
    end = 0
    for claim in begun:
        yield claim, end
        end = max(end, *(place + 1 for place in claim.matched[-1:]), 0)


def _foreign(claim: Claim, behind: int, counted: Sequence[int]) -> int:
    """Units that nobody vouches for where a statement's units are, or where all of them should be.

    `counted` are the units before each place that some statement names.
    """
    first, last = (claim.matched[0], claim.matched[-1]) if claim.matched else (behind, max(behind, claim.position))
    return last - first - (counted[last] - counted[first])


def _alike(stream: SignedStream, claims: Sequence[Claim]) -> set[bytes]:
    """Hashes of units alike to the byte, as a covered lens gives them: one that is lost makes others look moved."""
    named = Counter(value for claim in claims if claim.trusted for value in claim.named)
    return {value for counted in (named, Counter(stream.hashes)) for value, times in counted.items() if times > 1}


def _moved(stream: SignedStream, claims: Sequence[Claim], valid: bytearray, pending_from: int) -> int:
    """Units that were signed by these claims, but stand further from where they were than networks put them."""
    due = {value: place for claim in claims if claim.trusted for value, place in _due(claim)}
    left = (place for place in range(pending_from) if not valid[place])
    found = ((place, (stream.hashes[place], stream.late.get(place, b""))) for place in left)
    return sum(any(value in due and _far(place, due[value]) for value in values) for place, values in found)


def _due(claim: Claim) -> Iterator[tuple[bytes, int | None]]:
    """The hashes that a list names in vain, each with the place behind which it should be; None where nothing is."""
    rest = iter(claim.matched)
    place = next(iter(claim.matched), None)
    for value in claim.named:
        if value in claim.gone:
            yield value, place
        else:
            place = next(rest, place)


def _far(place: int, due: int | None) -> bool:
    return due is None or abs(place - due) > OUT_OF_ORDER


def _follows(before: Claim, after: Claim) -> bool:
    """Whether one statement is the next after another and links to its first unit."""
    step = (after.group.counter - before.group.counter) % _COUNTERS
    return step == 1 and (before.first_hash is None or after.group.linked_hash == before.first_hash)


def runs(places: Sequence[int]) -> list[tuple[int, int]]:
    """Neighbouring places as (first, last)."""
    grouped = (list(group) for _, group in groupby(enumerate(places), lambda pair: pair[1] - pair[0]))
    return [(group[0][1], group[-1][1]) for group in grouped]
