"""ONVIF media signatures of real signed clips hold through every container, and tell what was done to a copy."""

import contextlib
import random
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import av
import pytest
from av.packet import Packet
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from hypothesis import given
from hypothesis import strategies as st

from quancheng_plugin.errors import UnreadableInput
from quancheng_plugin.findings import Severity
from quancheng_sidecar.media.integrity.coding import ONVIF_SIGNATURE
from quancheng_sidecar.media.integrity.onvif_sei import UnreadableStatement, statement_of
from quancheng_sidecar.media.integrity.signature import signature_finding, verify_signature
from quancheng_sidecar.media.nal_units import units
from quancheng_sidecar.media.probe import probe
from quancheng_sidecar.media.report import MediaSignature, SignatureVerdict
from quancheng_sidecar.media.streams import leading_video
from tests.sidecar.media.integrity.conftest import ffmpeg
from tests.sidecar.media.integrity.signer import Signer, Ways

CLIPS = ("onvif-test_signed_h264.mp4", "onvif-test_signed_h265.mp4")
Edit = Callable[[list[bytes]], list[bytes]]
"""What a forger makes of the pictures: packets with NAL units under 4-byte lengths."""


@pytest.fixture(params=CLIPS)
def clip(request: pytest.FixtureRequest, shared_media: Path) -> Path:
    """A signed surveillance clip as its makers publish it."""
    return shared_media / str(request.param)


def verified(path: Path) -> MediaSignature:
    found = probe(path)
    video = leading_video(found.streams)
    assert video is not None
    return verify_signature(path, found.container, video)


def edited(source: Path, target: Path, edit: Edit) -> MediaSignature:
    """Write the pictures of a clip anew as they come out of `edit`, and verify that."""
    with av.open(str(source)) as opened, av.open(str(target), "w") as written:
        stream = opened.streams.video[0]
        out = written.add_stream_from_template(stream)
        packets = [packet for packet in opened.demux(stream) if packet.size]
        step = packets[1].dts - packets[0].dts
        for number, data in enumerate(edit([bytes(packet) for packet in packets])):
            packet = Packet(data)
            packet.stream, packet.time_base = out, stream.time_base
            packet.pts = packet.dts = number * step
            packet.is_keyframe = number == 0
            written.mux(packet)
    return verified(target)


def is_signature(unit: bytes) -> bool:
    return ONVIF_SIGNATURE.bytes in unit[:64]


def without(packet: bytes, unwanted: Callable[[bytes], bool]) -> bytes:
    kept = [bytes(unit) for unit in units(memoryview(packet), 4) if not unwanted(bytes(unit))]
    return b"".join(len(unit).to_bytes(4) + unit for unit in kept)


def key_places(packets: list[bytes]) -> list[int]:
    """Packets that begin a group: the signatures of a group come behind the first picture of the next."""
    return [place for place, data in enumerate(packets) if any(is_key(bytes(u)) for u in units(memoryview(data), 4))]


def is_key(unit: bytes) -> bool:
    h264 = unit[0] & 31 == 5 and unit[0] & 0x60
    return bool(h264) or unit[0] >> 1 & 63 in {19, 20, 21}


def flipped(data: bytes) -> bytes:
    """One bit changed in the last picture data of a packet."""
    return data[:-9] + bytes([data[-9] ^ 1]) + data[-8:]


def test_an_intact_clip_is_valid_and_says_who_signed_it(clip: Path) -> None:
    """All units agree but the last, whose signature never came."""
    found = verified(clip)
    assert found.verdict is SignatureVerdict.OK
    assert found.units == found.valid + found.pending
    assert (found.missing, found.gaps, found.broken) == (0, 0, 0)
    assert found.certificate
    assert signature_finding(found).severity is Severity.INFO


@pytest.mark.parametrize("suffix", ["mkv", "ts", "mov"])
def test_another_container_leaves_it_valid(clip: Path, suffix: str, tmp_path: Path) -> None:
    """Copied without coding anew, start codes or lengths: the same units."""
    copied = tmp_path / f"copied.{suffix}"
    ffmpeg("-i", clip, "-c", "copy", copied)
    assert verified(copied).verdict is SignatureVerdict.OK


@pytest.mark.parametrize("most_zeros", [1, 8])
def test_a_signature_parted_at_start_codes_inside_it_is_whole_again(
    clip: Path, most_zeros: int, tmp_path: Path
) -> None:
    """Conversion from a transport stream parts a signature that was written unescaped, and takes zeros with it."""

    def part(packets: list[bytes]) -> list[bytes]:
        return [b"".join(_parted(data, most_zeros)) for data in packets]

    found = edited(clip, tmp_path / "parted.mp4", part)
    assert found.verdict is SignatureVerdict.OK
    assert found.units == verified(clip).units


def _parted(data: bytes, most_zeros: int) -> Iterator[bytes]:
    for unit in units(memoryview(data), 4):
        for piece in re.split(rb"\x00{0,%d}\x00\x00\x01" % most_zeros, bytes(unit)):
            yield len(piece).to_bytes(4) + piece


def test_a_picture_sent_again_is_not_ok_but_not_grave(clip: Path, tmp_path: Path) -> None:
    """Networks send pictures again: nobody signed the second, yet it is no other."""

    def again(packets: list[bytes]) -> list[bytes]:
        place = key_places(packets)[1] + 3
        return [*packets[:place], packets[place], *packets[place:]]

    found = edited(clip, tmp_path / "again.mp4", again)
    assert found.verdict is SignatureVerdict.NOT_OK
    assert found.not_valid == 1
    assert signature_finding(found).severity is Severity.MEDIUM


def test_pictures_sent_again_across_a_groups_border_make_none_missing(clip: Path, tmp_path: Path) -> None:
    """Segments that overlap by ten pictures bear a signature twice: the first copy's units are not gone."""

    def overlap(packets: list[bytes]) -> list[bytes]:
        key = key_places(packets)[2]
        return [*packets[: key + 10], *packets[key:]]

    found = edited(clip, tmp_path / "overlap.mp4", overlap)
    assert (found.verdict, found.not_valid) == (SignatureVerdict.NOT_OK, 10)
    assert (found.missing, found.gaps, found.added, found.moved) == (0, 0, 0, 0)


def test_one_changed_picture_is_told_with_its_place(clip: Path, tmp_path: Path) -> None:
    """One bit of one picture: exactly that one does not agree."""

    def change(packets: list[bytes]) -> list[bytes]:
        place = key_places(packets)[1] + 3
        return [*packets[:place], flipped(packets[place]), *packets[place + 1 :]]

    found = edited(clip, tmp_path / "changed.mp4", change)
    assert found.verdict is SignatureVerdict.NOT_OK
    assert (found.not_valid, found.added, found.moved) == (1, 0, 0)
    assert signature_finding(found).severity is Severity.MEDIUM


def test_a_changed_key_picture_takes_its_group_along(clip: Path, tmp_path: Path) -> None:
    """Every hash of a group is anchored in its first picture."""

    def change(packets: list[bytes]) -> list[bytes]:
        place = key_places(packets)[1]
        return [*packets[:place], flipped(packets[place]), *packets[place + 1 :]]

    found = edited(clip, tmp_path / "changed.mp4", change)
    assert found.verdict is SignatureVerdict.NOT_OK
    assert found.not_valid > 1


def test_one_removed_picture_is_missing_and_the_rest_valid(clip: Path, tmp_path: Path) -> None:
    """OK with missing information, by the rules."""

    def remove(packets: list[bytes]) -> list[bytes]:
        place = key_places(packets)[1] + 3
        return [*packets[:place], *packets[place + 1 :]]

    found = edited(clip, tmp_path / "removed.mp4", remove)
    assert found.verdict is SignatureVerdict.OK_WITH_MISSING
    assert (found.missing, found.not_valid) == (1, 0)


def test_a_removed_group_is_not_ok(clip: Path, tmp_path: Path) -> None:
    """With it went the signature of the group before; numbers and links break."""

    def remove(packets: list[bytes]) -> list[bytes]:
        keys = key_places(packets)
        return [*packets[: keys[2]], *packets[keys[3] :]]

    found = edited(clip, tmp_path / "removed.mp4", remove)
    assert found.verdict is SignatureVerdict.NOT_OK
    assert found.gaps


def test_a_picture_put_in_is_grave(clip: Path, tmp_path: Path) -> None:
    """No damage puts a whole picture in."""

    def add(packets: list[bytes]) -> list[bytes]:
        place = key_places(packets)[1] + 3
        return [*packets[:place], flipped(packets[place]), *packets[place:]]

    found = edited(clip, tmp_path / "added.mp4", add)
    assert found.verdict is SignatureVerdict.NOT_OK
    assert found.added == 1
    assert signature_finding(found).severity is Severity.HIGH


@pytest.mark.parametrize(("group", "behind", "later"), [(0, 3, 1), (1, -2, 4), (0, 3, 30), (0, 3, 70)])
def test_a_picture_elsewhere_is_grave_only_where_no_network_puts_it(
    clip: Path, group: int, behind: int, later: int, tmp_path: Path
) -> None:
    """One that is received a moment late may stand behind the next key picture even; none comes a second late."""

    def move(packets: list[bytes]) -> list[bytes]:
        place = key_places(packets)[group] + behind
        return [
            *packets[:place],
            *packets[place + 1 : place + 1 + later],
            packets[place],
            *packets[place + 1 + later :],
        ]

    found = edited(clip, tmp_path / "moved.mp4", move)
    assert (found.verdict, found.not_valid) == (SignatureVerdict.NOT_OK, 1)
    assert signature_finding(found).severity is (Severity.HIGH if later > 16 else Severity.MEDIUM)


def test_groups_in_another_order_are_grave(clip: Path, tmp_path: Path) -> None:
    """The third before the second: whole pictures, each signed, and their signatures along."""

    def swap(packets: list[bytes]) -> list[bytes]:
        _, second, third, fourth, *_ = key_places(packets)
        return [*packets[:second], *packets[third:fourth], *packets[second:third], *packets[fourth:]]

    found = edited(clip, tmp_path / "swapped.mp4", swap)
    assert found.verdict is SignatureVerdict.NOT_OK
    assert signature_finding(found).severity is Severity.HIGH


def test_a_removed_signature_leaves_its_group_unvouched_for(clip: Path, tmp_path: Path) -> None:
    """One of several signatures taken out."""

    def remove(packets: list[bytes]) -> list[bytes]:
        place = next(n for n in range(key_places(packets)[1] + 1, len(packets)) if ONVIF_SIGNATURE.bytes in packets[n])
        return [*packets[:place], without(packets[place], is_signature), *packets[place + 1 :]]

    found = edited(clip, tmp_path / "removed.mp4", remove)
    assert found.verdict is SignatureVerdict.NOT_OK
    assert found.not_valid > 1


def test_an_altered_signature_is_broken(clip: Path, tmp_path: Path) -> None:
    """One bit in what is signed."""

    def change(packets: list[bytes]) -> list[bytes]:
        place = next(n for n in range(key_places(packets)[1] + 1, len(packets)) if ONVIF_SIGNATURE.bytes in packets[n])
        data = bytearray(packets[place])
        data[data.find(ONVIF_SIGNATURE.bytes) + 16 + 1300] ^= 1
        return [*packets[:place], bytes(data), *packets[place + 1 :]]

    found = edited(clip, tmp_path / "altered.mp4", change)
    assert found.verdict is SignatureVerdict.NOT_OK
    assert found.broken == 1


def test_a_piece_cut_at_a_key_picture_is_valid_by_itself(clip: Path, tmp_path: Path) -> None:
    """Exporting a piece is ordinary: the first signature speaks of what lies before it."""

    def cut(packets: list[bytes]) -> list[bytes]:
        return packets[key_places(packets)[1] :]

    assert edited(clip, tmp_path / "piece.mp4", cut).verdict is SignatureVerdict.OK


def test_damage_is_never_grave(clip: Path, tmp_path: Path) -> None:
    """Bytes lost to noise, most of them in the signatures: pictures altered and split, none put in or moved."""
    whole, pick = clip.read_bytes(), random.Random(5)  # noqa: S311  repeatable, not secret
    places = [match.start() for match in re.finditer(re.escape(ONVIF_SIGNATURE.bytes), whole)]
    told = set()
    for _ in range(40):
        data = bytearray(whole)
        for _ in range(pick.randrange(1, 12)):
            at = pick.choice(places) + pick.randrange(-6, 3000)
            data[at : at + 4] = pick.randbytes(4)
        damaged = tmp_path / "damaged.mp4"
        damaged.write_bytes(data[: len(whole)])
        with contextlib.suppress(UnreadableInput):
            told.add(signature_finding(verified(damaged)).severity)
    assert Severity.MEDIUM in told
    assert Severity.HIGH not in told


EC, RSA = ec.generate_private_key(ec.SECP256R1()), rsa.generate_private_key(65537, 2048)
WAYS = {
    "a list in each": Ways(EC),
    "no lists": Ways(EC, listed=False),
    "every third group": Ways(EC, every=3),
    "every third group, no lists": Ways(EC, every=3, listed=False),
    "parts of groups": Ways(EC, at_most=20),
    "parts of groups, no lists": Ways(EC, at_most=20, listed=False),
    "RSA": Ways(RSA),
    "SHA-512": Ways(EC, algorithm="sha512"),
    "hashed as escaped": Ways(EC, escaped=True, every=2),
    "certificate apart": Ways(EC, certificate_first=True),
}


@pytest.mark.parametrize("ways", WAYS.values(), ids=WAYS)
def test_every_way_of_signing_holds_and_shows_a_change(ways: Ways, shared_media: Path, tmp_path: Path) -> None:
    """Untouched it is valid as far as signatures came; with one picture changed, removed or put in it is not."""
    plain = shared_media / "onvif-test_h264.mp4"
    signed = Signer(ways)
    whole: list[bytes] = []

    def sign(packets: list[bytes]) -> list[bytes]:
        whole.extend(signed.sign(packets))
        return whole

    found = edited(plain, tmp_path / "whole.mp4", sign)
    assert (found.verdict, found.not_valid, found.missing) == (SignatureVerdict.OK, 0, 0)
    assert found.pending < found.units / 2
    place = key_places(whole)[1] + 7
    changed = edited(
        plain, tmp_path / "changed.mp4", lambda _: [*whole[:place], flipped(whole[place]), *whole[place + 1 :]]
    )
    removed = edited(plain, tmp_path / "removed.mp4", lambda _: [*whole[:place], *whole[place + 1 :]])
    added = edited(plain, tmp_path / "added.mp4", lambda _: [*whole[:place], flipped(whole[place]), *whole[place:]])
    expected = SignatureVerdict.OK_WITH_MISSING if ways.listed else SignatureVerdict.NOT_OK
    assert [one.verdict for one in (changed, removed, added)] == [
        SignatureVerdict.NOT_OK,
        expected,
        SignatureVerdict.NOT_OK,
    ]


@pytest.mark.parametrize("at_most", [10**6, 20])
def test_pictures_lost_under_a_covered_lens_are_missing_and_none_is_called_moved(at_most: int, tmp_path: Path) -> None:
    """Every sixteenth picture is alike to the byte, and where one is lost another is not taken for it."""
    covered, pick = tmp_path / "covered.mp4", random.Random(5)  # noqa: S311  repeatable, not secret
    plain = ("-x264opts", "scenecut=0:weightp=0", "-bsf:v", "filter_units=remove_types=6")
    ffmpeg("-f", "lavfi", "-i", "color=black:s=320x240:d=8", "-c:v", "libx264", "-bf", 0, "-refs", 1, "-g", 50,
           "-qp", 28, *plain, covered)  # fmt: skip
    signed: list[bytes] = []

    def sign(packets: list[bytes]) -> list[bytes]:
        assert len(set(packets)) < len(packets) / 2
        signed.extend(Signer(Ways(EC, at_most=at_most)).sign(packets))
        return signed

    assert edited(covered, tmp_path / "whole.mp4", sign).verdict is SignatureVerdict.OK
    one = edited(covered, tmp_path / "one.mp4", lambda _: signed[:5] + signed[6:])
    assert (one.verdict, one.missing, one.not_valid) == (SignatureVerdict.OK_WITH_MISSING, 1, 0)
    for share in (0.02, 0.1, 0.2):
        kept = [data for data in signed if pick.random() > share or ONVIF_SIGNATURE.bytes in data]
        lossy = edited(covered, tmp_path / "lossy.mp4", lambda _, kept=kept: kept)
        assert signature_finding(lossy).severity is Severity.MEDIUM


@given(st.binary(max_size=300), st.sampled_from([1, 2]))
def test_any_bytes_end_in_a_statement_or_a_known_error(noise: bytes, header: int) -> None:
    """A hostile SEI raises nothing else."""
    head = b"\x06" if header == 1 else b"\x4e\x01"
    unit = head + b"\x05" + bytes([min(254, 17 + len(noise))]) + ONVIF_SIGNATURE.bytes + noise
    try:
        statement_of(unit, header)
    except UnreadableStatement:
        return
