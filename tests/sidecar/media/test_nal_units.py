"""NAL units in both framings."""

from hypothesis import given
from hypothesis import strategies as st

from quancheng_sidecar.media.nal_units import begins_anew, is_slice, kind_of, units


@given(st.lists(st.binary(min_size=1, max_size=40), max_size=6), st.sampled_from([1, 2, 4]))
def test_lengths_and_start_codes_give_the_same_units(parts: list[bytes], prefix: int) -> None:
    """A packet reads the same in both framings; zeros behind a unit belong to neither."""
    clean = [b"\x41" + part.replace(b"\0", b"\1") for part in parts]
    by_length = b"".join((len(unit) + 1).to_bytes(prefix) + unit + b"\0" for unit in clean)
    by_start_code = b"".join(b"\0\0\0\1" + unit + b"\0" for unit in clean)
    assert [bytes(unit) for unit in units(memoryview(by_length), prefix)] == clean
    assert [bytes(unit) for unit in units(memoryview(by_start_code), 0)] == clean


@given(st.binary(max_size=200), st.sampled_from(["h264", "hevc"]), st.integers(0, 4))
def test_any_bytes_are_read_within_their_bounds(data: bytes, codec: str, prefix: int) -> None:
    """A hostile packet gives units that lie in the packet and have a kind, or none."""
    found = list(units(memoryview(data), prefix))
    assert sum(map(len, found)) <= len(data)
    assert all(0 <= kind_of(unit, codec) < 64 for unit in found)


def test_slices_are_told_by_the_type_of_the_unit() -> None:
    """A predicted picture is one, parameter sets and messages are none, in both codecs."""
    assert [is_slice(bytes([head]), "h264") for head in (0x41, 0x65, 0x67, 0x06)] == [True, True, False, False]
    assert [is_slice(bytes([kind << 1]), "hevc") for kind in (1, 19, 33, 39)] == [True, True, False, False]


def test_a_picture_before_which_all_is_forgotten_is_told_from_one_that_only_stands_alone() -> None:
    """IDR and BLA begin anew; of H.265 CRA, of H.264 an intra picture in a slice of type 1, do not."""
    assert [begins_anew(bytes([head]), "h264") for head in (0x65, 0x41)] == [True, False]
    assert [begins_anew(bytes([kind << 1]), "hevc") for kind in (16, 19, 20, 21, 1)] == [True, True, True, False, False]
