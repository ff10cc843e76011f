"""Proofs from the log: that an event is in it, and that a later checkpoint continues an earlier one."""

import base64
from collections.abc import Iterable

from quancheng_plugin.errors import QuanchengError
from quancheng_sidecar.core import merkle
from quancheng_sidecar.core.checkpoint import open_checkpoint
from quancheng_sidecar.core.tlog_proof import ConsistencyProof, InclusionProof, verify_proof
from quancheng_sidecar.preserve.checkpoints import checkpoint
from quancheng_sidecar.preserve.keys import signing_key
from quancheng_sidecar.preserve.models import Checkpoint, CustodyEvent
from quancheng_sidecar.preserve.nodes import damaged, fetch
from quancheng_sidecar.settings import settings


class EventUnknown(QuanchengError):
    """The log has no such event, or no checkpoint of that size."""

    code = "QC-LOG-EVENT"


def prove(event: str | int) -> InclusionProof:
    """An inclusion proof for the event of that id or number, under the newest checkpoint (made now if none covers it).

    The proof is checked before it is given. Raises `EventUnknown`, `LogDamaged`, `LogKeyMissing`.
    """
    row = _find(event)
    signed = Checkpoint.objects.order_by("-size").first()
    if signed is None or signed.size <= row.seq:
        signed = checkpoint()
    if signed is None:
        raise damaged("记录不在签署范围内", "the event is in no checkpoint")
    key = signing_key(settings(), may_make=False).verifier
    head = open_checkpoint(signed.note, [key])
    path = merkle.prove_inclusion(row.seq, head.size, fetch)
    proof = InclusionProof(
        event_id=row.event_id,
        event=row.canonical,
        index=row.seq,
        size=head.size,
        leaf=_base64([row.leaf])[0],
        root=_base64([head.root])[0],
        path=_base64(path),
        checkpoint=signed.note,
        vkey=str(key),
    )
    try:
        verify_proof(proof.text(), [key])
    except merkle.ProofInvalid as error:
        raise damaged(
            f"第 {row.seq} 条记录与检查点不符，不能出具证明",
            f"event {row.seq} does not lead to the checkpoint, so it cannot be proven",
        ) from error
    return proof


def prove_consistency(old: int, new: int | None = None) -> ConsistencyProof:
    """That the checkpoint of size `new` (default: the newest) continues that of size `old`. Raises as `prove` does."""
    earlier, later = _signed(old), _signed(new)
    path = merkle.prove_consistency(earlier.size, later.size, fetch)
    return ConsistencyProof(
        old_size=earlier.size,
        new_size=later.size,
        path=_base64(path),
        old_checkpoint=earlier.note,
        new_checkpoint=later.note,
    )


def _find(event: str | int) -> CustodyEvent:
    found = (
        CustodyEvent.objects.filter(seq=event)
        if isinstance(event, int)
        else CustodyEvent.objects.filter(event_id=event)
    )
    row = found.first()
    if row is None:
        raise EventUnknown(
            zh=f"保管日志中没有“{event}”这条记录。请核对编号或序号。",
            en=f"The custody log has no event {event!r}. Check its id or number.",
        )
    return row


def _signed(size: int | None) -> Checkpoint:
    listed = Checkpoint.objects.order_by("-size")
    found = (listed if size is None else listed.filter(size=size)).first()
    if found is None:
        raise EventUnknown(
            zh=f"没有记录数为 {size} 的检查点。请用 quancheng log verify 查看。",
            en=f"There is no checkpoint of size {size}.",
        )
    return found


def _base64(hashes: Iterable[bytes]) -> tuple[str, ...]:
    return tuple(base64.b64encode(each).decode() for each in hashes)
