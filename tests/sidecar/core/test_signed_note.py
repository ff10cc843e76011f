"""Signed notes, held against the example published with Go's sumdb and C2SP."""

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from quancheng_sidecar.core.checkpoint import TreeHead, issue, open_checkpoint
from quancheng_sidecar.core.signed_note import (
    KeyMalformed,
    NoteInvalid,
    SigningKey,
    VerifierKey,
    open_note,
    sign,
)

PUBLISHED_KEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
PUBLISHED_TEXT = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
PUBLISHED_NOTE = (
    f"{PUBLISHED_TEXT}\n"
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)

KEY = SigningKey("example.com/log", Ed25519PrivateKey.from_private_bytes(bytes(range(32))))
OTHER = SigningKey("example.com/log", Ed25519PrivateKey.from_private_bytes(bytes(32)))
HEAD = TreeHead("example.com/log", 20852163, bytes(range(32)))
NOTE = issue(HEAD, KEY)


def test_published_note_opens() -> None:
    """The published note verifies under its published key."""
    assert open_note(PUBLISHED_NOTE, [VerifierKey.parse(PUBLISHED_KEY)]) == PUBLISHED_TEXT


def test_published_key_keeps_its_text() -> None:
    """A key that was read is written as it stood."""
    assert str(VerifierKey.parse(f"{PUBLISHED_KEY}\n")) == PUBLISHED_KEY


def test_checkpoint_comes_back() -> None:
    """What is issued opens to the same origin, size and root."""
    assert open_checkpoint(NOTE, [OTHER.verifier, KEY.verifier], origin="example.com/log") == HEAD


def test_unknown_signatures_are_ignored() -> None:
    """A further line by an unknown key, such as a witness's, takes nothing away (signed-note § Signatures)."""
    line = sign(HEAD.text(), SigningKey("witness.example", OTHER.private)).rpartition("\n\n")[2]
    assert open_checkpoint(NOTE + line, [KEY.verifier]) == HEAD


def test_a_wrong_signature_of_a_known_key_spoils_the_note() -> None:
    """A known key's line that does not fit refuses the whole note, though another known key signed well."""
    stranger = sign("other\n", SigningKey("witness.example", OTHER.private)).rpartition("\n\n")[2]
    witness = VerifierKey("witness.example", OTHER.verifier.public)
    with pytest.raises(NoteInvalid):
        open_note(NOTE + stranger, [KEY.verifier, witness])


@given(at=st.integers(0, len(NOTE.encode()) - 1), bit=st.integers(0, 7))
def test_no_altered_checkpoint_opens(at: int, bit: int) -> None:
    """One bit turned over anywhere, and the checkpoint is refused."""
    raw = bytearray(NOTE.encode())
    raw[at] ^= 1 << bit
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        return
    with pytest.raises(NoteInvalid):
        open_checkpoint(text, [KEY.verifier])


@given(st.text(max_size=200))
def test_any_text_is_refused_with_a_coded_error(text: str) -> None:
    """Whatever is handed in instead of a note or a key is refused in words, not with a crash."""
    with pytest.raises(NoteInvalid):
        open_checkpoint(text, [KEY.verifier])
    with pytest.raises(KeyMalformed):
        VerifierKey.parse(text)


def test_a_key_of_the_same_name_is_not_the_key() -> None:
    """Name and identifier together name the key."""
    with pytest.raises(NoteInvalid):
        open_checkpoint(NOTE, [OTHER.verifier])


def test_another_logs_checkpoint_is_refused() -> None:
    """A checkpoint of another origin is no checkpoint of this log, whoever signed it."""
    with pytest.raises(NoteInvalid):
        open_checkpoint(issue(TreeHead("example.com/other", 1, bytes(32)), KEY), [KEY.verifier], "example.com/log")


@pytest.mark.parametrize(
    "text",
    [
        "example.com/log\n1\n",
        "example.com/log\n01\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n",
        "example.com/log\n-1\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n",
        "example.com/log\n１\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n",
        "example.com/log\n1\nAAAA\n",
        "example.com/log\n1\n?\n",
        "\n1\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n",
    ],
)
def test_a_signed_text_that_is_no_checkpoint_is_refused(text: str) -> None:
    """A good signature does not make a checkpoint of another text."""
    with pytest.raises(NoteInvalid):
        open_checkpoint(sign(text, KEY), [KEY.verifier])


@pytest.mark.parametrize("name", ["", "a b", "a+b", "a\nb", "a\u3000b"])
def test_names_that_would_break_a_note_are_refused(name: str) -> None:
    """A key's name holds neither spaces of any script nor plus signs."""
    with pytest.raises(KeyMalformed):
        VerifierKey(name, bytes(32))


@pytest.mark.parametrize("text", ["no newline", "bell\x07\n", "lone \ud800\n"])
def test_texts_that_cannot_be_notes_are_not_signed(text: str) -> None:
    """Control characters, lone surrogates and a missing last newline are refused before signing."""
    with pytest.raises(NoteInvalid):
        sign(text, KEY)
