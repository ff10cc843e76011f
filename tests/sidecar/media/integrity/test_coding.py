"""Parameter sets and user data of H.264 and H.265, read without decoding."""

from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from quancheng_sidecar.media.integrity.coding import ONVIF_SIGNATURE, user_data


def sei(uuid: UUID, size: int = 40) -> bytes:
    """An H.264 SEI unit with unregistered user data (Annex D.1.6)."""
    return b"\x06\x05" + bytes([size]) + uuid.bytes + bytes(size - 16) + b"\x80"


@given(st.binary(max_size=200))
def test_noise_is_read_without_error(data: bytes) -> None:
    """A hostile message makes neither an error nor an endless loop."""
    assert all(len(message.bytes) <= len(data) for message in user_data(data, 1))


def test_the_kind_of_user_data_is_told() -> None:
    """The UUID of ONVIF media signing is found behind another message."""
    unit = b"\x06\x01\x02ab" + sei(ONVIF_SIGNATURE)[1:]
    assert list(user_data(unit, 1)) == [ONVIF_SIGNATURE]


def test_long_messages_are_measured_by_their_extension_bytes() -> None:
    """Sizes above 254 are written in several bytes."""
    unit = b"\x06\x04\xff\x05" + bytes(260) + sei(ONVIF_SIGNATURE)[1:]
    assert list(user_data(unit, 1)) == [ONVIF_SIGNATURE]
