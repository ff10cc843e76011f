"""Numbers as they are written on forms: 12, １２, 十二, 廿三, 二〇二六, 贰拾叁, 零7; and what scanners make of them."""

from dataclasses import dataclass

# 大写 numerals, which cannot be altered by a stroke, in the plain ones' place.
_CAPITAL = str.maketrans("壹贰貳弍叁參叄肆伍陆陸柒捌玖拾", "一二二二三三三四五六六七八九十")
_CHINESE = {char: value for value, char in enumerate("零一二三四五六七八九")} | {"〇": 0, "○": 0, "两": 2}
_TENS = {"十": 10, "廿": 20, "卅": 30}
# Letters that scanners and typists put in a digit's place.
_LOOKALIKE = str.maketrans("OoQD○〇Il|!iZzSsB", "000000111112255" + "8")

CHINESE = frozenset("〇○零一二三四五六七八九十廿卅两壹贰貳弍叁參叄肆伍陆陸柒捌玖拾")
"""Chinese letters that write numbers."""

DIGIT = r"[0-9OoQDIl|!iZzSsB〇○零一二三四五六七八九十廿卅两壹贰貳弍叁參叄肆伍陆陸柒捌玖拾]"
"""Every character that may stand in a digit's place."""


@dataclass(frozen=True)
class Numeral:
    """`repaired` when a character had to be taken for another that looks like it; `digits` as written."""

    value: int
    digits: int
    repaired: bool


def parse(text: str) -> Numeral | None:
    """The whole number that `text` writes, or None when it writes none."""
    written = text.replace(" ", "").translate(_CAPITAL)
    if not written:
        return None
    if "零" in written and (plain := written.replace("零", "0")).isascii():  # 零7分: half written out
        written = plain
    if written.isascii() and written.isdigit():
        return Numeral(int(written), len(written), repaired=False)
    return _chinese(written) or _lookalike(written)


def _chinese(written: str) -> Numeral | None:
    """`二〇二六` digit by digit, `二十三` by tens; an O between Chinese digits is a usual way to type 〇."""
    if not any(char in _CHINESE or char in _TENS for char in written):
        return None
    even = written.translate(str.maketrans("Oo0", "〇〇〇"))
    if any(char in _TENS for char in even):
        return _by_tens(even)
    if all(char in _CHINESE for char in even):
        return Numeral(int("".join(str(_CHINESE[char]) for char in even)), len(even), repaired=False)
    return None


def _by_tens(written: str) -> Numeral | None:
    written = written.removeprefix("零")  # 零壹拾月, as cheques are dated
    place = next(index for index, char in enumerate(written) if char in _TENS)
    head, ten, tail = written[:place], _TENS[written[place]], written[place + 1 :]
    if len(head) > 1 or len(tail) > 1 or (head and (ten != _TENS["十"] or _CHINESE.get(head, 0) == 0)):
        return None
    if tail and _CHINESE.get(tail, 0) == 0:
        return None
    value = ten * (_CHINESE[head] if head else 1) + (_CHINESE[tail] if tail else 0)
    return Numeral(value, 2, repaired=False)


def _lookalike(written: str) -> Numeral | None:
    digits = written.translate(_LOOKALIKE)
    if digits.isascii() and digits.isdigit():
        return Numeral(int(digits), len(digits), repaired=True)
    return None
