"""Damage as disks, broken copies and attackers do it, repeatable by its seed."""

import random

from tests.sidecar.media.hostile.blocks import Block, blocks

_ABSURD = (0, 1, 7, 0x7F, 0xFF, 0x7FFF, 0xFFFF, 10**9, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF)


class Mutator:
    """Makes damaged copies of a sound file; `others` are files of the same container to take foreign pieces from."""

    def __init__(self, data: bytes, container: str, others: list[bytes]) -> None:
        self._data, self._others = data, others
        self._blocks = blocks(data, container)
        # Small blocks are headers and tables, where damage means something; coded data would swallow most of it.
        self._heads = [one for one in self._blocks if one.end - one.start < 4096] or self._blocks
        self._ways = (self._flip, self._number, self._length, self._length, self._drop, self._repeat, self._swap)
        self._ways += (self._noise, self._zeros, self._splice, self._inside, self._inside, self._cut)

    def copy(self, chance: random.Random) -> bytes:
        """Give one damaged copy, never empty."""
        out = bytearray(self._data)
        for _ in range(chance.choice((1, 1, 1, 1, 2, 3, 8))):
            chance.choice(self._ways)(out, chance)
            if not out:
                return b"\0"
        return bytes(out)

    def _at(self, out: bytearray, chance: random.Random) -> int:
        return chance.randrange(min(len(out), 2_000) if chance.random() < 0.5 else len(out))

    def _block(self, chance: random.Random) -> Block:
        return chance.choice(self._heads if chance.random() < 0.8 else self._blocks)

    def _flip(self, out: bytearray, chance: random.Random) -> None:
        out[self._at(out, chance)] ^= 1 << chance.randrange(8)

    def _number(self, out: bytearray, chance: random.Random) -> None:
        at = self._at(out, chance)
        out[at : at + 4] = (chance.choice(_ABSURD) & 0xFFFFFFFF).to_bytes(4, chance.choice(("big", "little")))

    def _length(self, out: bytearray, chance: random.Random) -> None:
        block = self._block(chance)
        most = (1 << 8 * block.width) - 1
        near = block.end - block.start + chance.choice((-8, -1, 1, 8, 4096))
        value = max(0, min(chance.choice((*_ABSURD, near, most)), most))
        out[block.length : block.length + block.width] = value.to_bytes(block.width, block.order)

    def _inside(self, out: bytearray, chance: random.Random) -> None:
        """Put an absurd number on a field inside a block: a count, a size, an offset."""
        block = self._block(chance)
        at = min(block.start + 4 * chance.randrange(2, 16), block.end - 4)
        out[at : at + 4] = chance.choice(_ABSURD).to_bytes(4, block.order)

    def _drop(self, out: bytearray, chance: random.Random) -> None:
        block = self._block(chance)
        del out[block.start : block.end]

    def _repeat(self, out: bytearray, chance: random.Random) -> None:
        block = self._block(chance)
        out[block.end : block.end] = out[block.start : block.end] * chance.choice((1, 1, 3, 50))
        del out[4_000_000:]

    def _swap(self, out: bytearray, chance: random.Random) -> None:
        first, second = sorted((self._block(chance), self._block(chance)), key=lambda one: one.start)
        if first.end <= second.start:
            left, right = out[first.start : first.end], out[second.start : second.end]
            out[second.start : second.end] = left
            out[first.start : first.end] = right

    def _noise(self, out: bytearray, chance: random.Random) -> None:
        at = self._at(out, chance)
        out[at:at] = chance.randbytes(chance.randrange(1, 64))

    def _zeros(self, out: bytearray, chance: random.Random) -> None:
        at, many = self._at(out, chance), chance.randrange(1, 600)
        out[at : at + many] = bytes(min(many, len(out) - at))

    def _splice(self, out: bytearray, chance: random.Random) -> None:
        other = chance.choice(self._others)
        begin = chance.randrange(len(other))
        piece = other[begin : begin + chance.randrange(1, 4096)]
        at = self._at(out, chance)
        out[at : at + chance.choice((0, len(piece)))] = piece

    def _cut(self, out: bytearray, chance: random.Random) -> None:
        if chance.random() < 0.4:
            del out[self._at(out, chance) :]
