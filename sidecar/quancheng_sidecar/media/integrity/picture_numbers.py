"""The numbers that H.264 encoders give their pictures (ITU-T H.264 § 7.3.3, 7.4.3), and where they do not go on.

Each picture that others refer to is numbered by one more than the last (`frame_num`, from 0 at each IDR picture); of
IDR pictures many encoders count 0, 1, 0, 1 or on (`idr_pic_id`). A piece taken out by stream copy takes numbers along.
A fall to 0 or 1 tells nothing: memory management operation 5, too deep in a slice to be read here, starts anew too.
"""

from dataclasses import dataclass, field

from quancheng_sidecar.media.nal_units import unescaped

MOST_KEPT = 1000
"""Places kept of each kind."""
_SLICES, _IDR, _SEQUENCE = {1, 5}, 5, 7
_WITH_CHROMA = {44, 83, 86, 100, 110, 118, 122, 128, 134, 135, 138, 139, 244}
"""Profiles whose parameter sets tell the chroma format (§ 7.3.2.1.1)."""
_HEAD, _MOST_ZEROS = 16, 32


class _Bits:
    """Reads bits from the front."""

    def __init__(self, data: bytes) -> None:
        self._value, self._left = int.from_bytes(data), 8 * len(data)

    def take(self, count: int) -> int:
        self._left -= count
        if self._left < 0:
            raise ValueError("no bits left")
        return self._value >> self._left & (1 << count) - 1

    def number(self) -> int:
        """An unsigned number in Exp-Golomb code (§ 9.1)."""
        zeros = self._left - (self._value & (1 << self._left) - 1).bit_length()
        if zeros > _MOST_ZEROS:
            raise ValueError("no number")
        return self.take(2 * zeros + 1) - 1


@dataclass
class PictureNumbers:
    """Looks at the first slice of each picture of one stream.

    `skips` are packets whose `frame_num` leaves some out, `breaks` those whose `idr_pic_id` is neither the next of
    the `steps` from one IDR picture to another nor 0 again. At most MOST_KEPT of each are kept.
    """

    skips: list[int] = field(default_factory=list)
    breaks: list[int] = field(default_factory=list)
    steps: int = 0
    _layout: tuple[int, bool] | None = None
    _packet: int = -1
    _last: int | None = None
    _last_idr: int | None = None

    def look(self, number: int, unit: memoryview | bytes) -> None:
        """Look at a NAL unit of the packet of that number; what cannot be read tells nothing."""
        kind = unit[0] & 31
        try:
            if kind == _SEQUENCE:
                self._layout = _layout(bytes(unit))
            elif kind in _SLICES and number != self._packet and self._layout is not None:
                self._packet = number
                self._slice(number, kind, _Bits(unescaped(bytes(unit[:_HEAD]))[1:]), *self._layout)
        except ValueError:
            self._last = None

    def _slice(self, number: int, kind: int, bits: _Bits, width: int, fields: bool) -> None:  # noqa: FBT001
        if bits.number():  # not the first slice: the one before was lost
            self._last = None
            return
        bits.number()
        bits.number()
        told = bits.take(width)
        if fields and bits.take(1):
            bits.take(1)
        # The second field of a picture, and what nothing refers to, may repeat the number.
        skips = kind != _IDR and self._last is not None and (told - self._last) % (1 << width) > 1 and told > 1
        _note(self.skips, number, told=skips)
        self._last = told
        if kind == _IDR:
            self._idr(number, bits.number())

    def _idr(self, number: int, told: int) -> None:
        if self._last_idr is not None:
            self.steps += 1
            _note(self.breaks, number, told=told == self._last_idr or told not in {0, self._last_idr + 1})
        self._last_idr = told


def _note(kept: list[int], number: int, *, told: bool) -> None:
    if told and len(kept) < MOST_KEPT:
        kept.append(number)


def _layout(unit: bytes) -> tuple[int, bool] | None:
    """Bits of `frame_num`, and whether slices tell of fields, by a sequence parameter set (§ 7.3.2.1.1).

    None where numbers may be left out or a picture's colours are coded apart.
    """
    bits = _Bits(unescaped(unit)[1:])
    profile = bits.take(8)
    bits.take(16)
    bits.number()
    if profile in _WITH_CHROMA and not _chroma(bits):
        return None
    width = bits.number() + 4
    order = bits.number()
    if order == 0:
        bits.number()
    elif order == 1:
        bits.take(1)
        for _ in range(2):
            bits.number()
        for _ in range(min(bits.number(), 255)):
            bits.number()
    bits.number()
    if bits.take(1):  # gaps_in_frame_num_value_allowed_flag
        return None
    bits.number()
    bits.number()
    return width, not bits.take(1)


def _chroma(bits: _Bits) -> bool:
    """Read over the chroma format and its scaling; False where the colours are coded apart."""
    form = bits.number()
    apart = form == 3 and bool(bits.take(1))  # noqa: PLR2004  4:4:4
    bits.number()
    bits.number()
    bits.take(1)
    if bits.take(1):
        for place in range(8 if form != 3 else 12):  # noqa: PLR2004  as above
            if bits.take(1):
                _scaling(bits, 16 if place < 6 else 64)  # noqa: PLR2004  six lists of 4 × 4
    return not apart


def _scaling(bits: _Bits, size: int) -> None:
    last = following = 8
    for _ in range(size):
        if following:
            code = bits.number()
            following = (last + (code + 1 >> 1) * (1 if code & 1 else -1)) % 256
        last = following or last
