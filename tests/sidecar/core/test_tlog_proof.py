"""Proofs that are checked without the log."""

import base64

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from quancheng_plugin.errors import QuanchengError
from quancheng_sidecar.core.checkpoint import TreeHead, issue
from quancheng_sidecar.core.merkle import ProofInvalid, leaf_hash, node_hash
from quancheng_sidecar.core.signed_note import SigningKey
from quancheng_sidecar.core.tlog_proof import (
    ConsistencyProof,
    parse_proof,
    verify_checkpoints,
    verify_proof,
    write_proof,
)

KEY = SigningKey("example.com/log", Ed25519PrivateKey.from_private_bytes(bytes(range(32))))
LEFT, RIGHT = '{"act":"收存"}'.encode(), b'{"act":"other"}'
ROOT = node_hash(leaf_hash(LEFT), leaf_hash(RIGHT))
NOTE = issue(TreeHead(KEY.name, 2, ROOT), KEY)


def proof(extra: bytes | None = LEFT) -> str:

    return write_proof(0, [base64.b64encode(leaf_hash(RIGHT)).decode()], NOTE, extra=extra)


def test_a_proof_stands_alone() -> None:
    """The text and the log's public key are all that is needed."""
    head, event = verify_proof(proof(), [KEY.verifier])
    assert (head.size, event) == (2, LEFT)


def test_the_form_is_the_one_of_c2sp() -> None:
    """Header, extra, index, path, empty line, checkpoint, in this order and nothing else."""
    lines = proof().split("\n")
    assert lines[0] == "c2sp.org/tlog-proof@v1"
    assert lines[1].startswith("extra ")
    assert lines[2] == "index 0"
    assert lines[4:] == ["", *NOTE.split("\n")]
    assert parse_proof(proof(extra=None)).extra is None


def test_another_event_is_not_proven() -> None:
    """The proof of one event proves no other."""
    with pytest.raises(ProofInvalid):
        verify_proof(proof(), [KEY.verifier], entry=RIGHT)
    with pytest.raises(ProofInvalid):
        verify_proof(proof(extra=RIGHT), [KEY.verifier])


def test_a_proof_without_event_needs_one() -> None:
    """When neither text nor asker has the event, nothing is proven."""
    assert verify_proof(proof(extra=None), [KEY.verifier], entry=LEFT)[1] == LEFT
    with pytest.raises(ProofInvalid):
        verify_proof(proof(extra=None), [KEY.verifier])


@given(at=st.integers(0, len(proof()) - 1), character=st.sampled_from("0A+/=\n x—"))
def test_no_altered_proof_verifies(at: int, character: str) -> None:
    """One character changed anywhere, and the proof is refused in words."""
    text = proof()
    changed = text[:at] + character + text[at + 1 :]
    if changed == text:
        return
    with pytest.raises(QuanchengError):
        verify_proof(changed, [KEY.verifier])


@given(st.text(max_size=300) | st.builds("c2sp.org/tlog-proof@v1\n{}\n\nx".format, st.text(max_size=100)))
def test_any_text_is_refused_with_a_coded_error(text: str) -> None:
    """Whatever is handed in instead of a proof is refused in words, not with a crash."""
    with pytest.raises(QuanchengError):
        verify_proof(text, [KEY.verifier])


def test_checkpoints_that_continue_each_other() -> None:
    """A consistency proof is checked from the two notes alone, and fails for a log that forked."""
    old = issue(TreeHead(KEY.name, 1, leaf_hash(LEFT)), KEY)
    path = (base64.b64encode(leaf_hash(RIGHT)).decode(),)
    good = ConsistencyProof(old_size=1, new_size=2, path=path, old_checkpoint=old, new_checkpoint=NOTE)
    assert [head.size for head in verify_checkpoints(good, [KEY.verifier])] == [1, 2]
    forked = issue(TreeHead(KEY.name, 1, leaf_hash(b"{}")), KEY)
    with pytest.raises(ProofInvalid):
        verify_checkpoints(good.model_copy(update={"old_checkpoint": forked}), [KEY.verifier])
    with pytest.raises(ProofInvalid):
        verify_checkpoints(good.model_copy(update={"path": ("?",)}), [KEY.verifier])
