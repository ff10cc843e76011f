"""Parameter sets and user data of H.264 and H.265, read without decoding."""

from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from quancheng_sidecar.media.integrity.coding import ONVIF_SIGNATURE, units, user_data


def sei(uuid: UUID, size: int = 40) -> bytes:
    """An H.264 SEI unit with unregistered user data (Annex D.1.6)."""
    return b"\x06\x05" + bytes([size]) + uuid.bytes + bytes(size - 16) + b"\x80"


@given(st.lists(st.binary(min_size=1, max_size=40), max_size=6), st.sampled_from([1, 2, 4]))
def test_units_with_lengths_come_back(parts: list[bytes], length_size: int) -> None:
    """What was framed by lengths is given again."""
    data = b"".join(len(part).to_bytes(length_size) + part for part in parts)
    assert [bytes(unit) for unit in units(memoryview(data), length_size)] == parts


@given(st.lists(st.binary(min_size=1, max_size=40).filter(lambda b: 0 not in b), max_size=6))
def test_units_with_start_codes_come_back(parts: list[bytes]) -> None:
    """What was framed by start codes is given again."""
    data = b"".join(b"\0\0\1" + part for part in parts)
    assert [bytes(unit) for unit in units(memoryview(data), 0)] == parts


@given(st.binary(max_size=200), st.sampled_from([0, 1, 2, 4]))
def test_noise_is_read_without_error(data: bytes, length_size: int) -> None:
    """A hostile packet makes neither an error nor an endless loop."""
    found = [bytes(unit) for unit in units(memoryview(data), length_size)]
    assert sum(map(len, found)) <= len(data)
    assert all(len(message) <= len(data) for unit in found for message in user_data(unit, 1))


def test_the_kind_of_user_data_is_told() -> None:
    """The UUID of ONVIF media signing is found behind another message."""
    unit = b"\x06\x01\x02ab" + sei(ONVIF_SIGNATURE)[1:]
    assert list(user_data(unit, 1)) == [ONVIF_SIGNATURE]


def test_long_messages_are_measured_by_their_extension_bytes() -> None:
    """Sizes above 254 are written in several bytes."""
    unit = b"\x06\x04\xff\x05" + bytes(260) + sei(ONVIF_SIGNATURE)[1:]
    assert list(user_data(unit, 1)) == [ONVIF_SIGNATURE]
