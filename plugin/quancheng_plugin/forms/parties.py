"""Who the form concerns: under a label of the party, in the cells below it, or as the addressee of a letter."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from quancheng_plugin.forms.catalogue import Form, Role
from quancheng_plugin.forms.cells import COMPOUND, Labelled, Part
from quancheng_plugin.forms.glyphs import squeeze
from quancheng_plugin.forms.label_index import Hit
from quancheng_plugin.forms.layout import Piece
from quancheng_plugin.forms.reading import FieldRead

# A name ends where a description of the person begins: `林海生，男，1975年…`.
_END = re.compile(r"[,，;；。]|\s*[(（](?:以下简称|签名|签字|盖章|男|女)|(?<=.)(?:性别|年龄|法定代表人)[:：]?")
_BLANKS_OF_PERSON = re.compile(r"(?<=.)(?:性别|年龄|民族|出生(?:年月|日期)|身份证|联系电话)")
_UNIT = re.compile(
    r"(?:公司|企业|合作社|集团|中心|协会|学校|医院|[厂社店场站所院会队局部户行馆吧城园楼厅市档坊铺屋]|经营部|个体工商户|船队|码头|基地|[渔农]家乐|民宿|超市|[山农]庄|[冷仓]库|渔排|摊位|食府|水产|海鲜|渔业)(?:\(.{1,8}\))?$"
)
# Longer names are those with a point in them: 阿卜杜拉·买买提.
_PERSON = re.compile(r"^(?:[\u3400-\u9fff]{2,4}|(?=.*·)[\u3400-\u9fff][\u3400-\u9fff·]{2,18}[\u3400-\u9fff])$")
_SOUND = re.compile(r"^[\u3400-\u9fffA-Za-z0-9()·、&\-]{2,60}$")
# A name that begins or ends with 一 is read so where the stroke is faint, and the dash would be stripped.
_DASH = re.compile(r"\s*[-—–]|.*[-—–]\s*$")
# The day on which it was signed, in the cell of a signature.
_SIGNED_ON = re.compile(r"(?<=.)(?:19|20)[0-9]{2}(?:年[0-9]{1,2}月[0-9]{1,2}日|[-./][0-9]{1,2}[-./][0-9]{1,2})$")
_DUST = re.compile(r"[.·]*([、,，;；])[.·]*")
_HAN = r"[\u3400-\u9fff]"
_TOGETHER = re.compile(rf"(?:(?!{COMPOUND}){_HAN}{{4}}|{_HAN}{{5,9}}|{_HAN}{{2,3}}[.·]{_HAN}{{2,3}})$")
# What stands in the blank where nobody is named, and a post before a name.
_NOBODY = re.compile(
    r"(?:同上|见附件|不详|[拒待未已]|空白|身份|不在|某某|无名|无$|(?:船长|船主|法人|负责人|经营者|店主).)"
)
# What a description of one person is: alone, or the words that lead one; anything else may be a second name.
# No letter tells by itself: 日, 年 and 号 stand in names of units, 月 and 年 in those of persons.
_DESCRIBES = re.compile(
    r"(?:[男女]性?|.{1,3}族|船[长主员]|渔民|群众|无业|个体(?:户|工商户)?|法人|负责人|经营者|中国(?:籍|人|公民)?|.*(?:岁|年生))$"
    r"|(?:[现家常居]?住|户籍|籍贯|地址|出生|生于|身份证|证件|电话|手机|联系)"
)
_LONGEST_PERSON = 4
_FROM_NAME = 0.95
_WITHOUT_LABEL = 0.8
_ADDRESSED = 0.95
_ODD = 0.6
_OTHER = ("个人", "单位", "其他组织", "法人或其他组织", "自然人", "公民")


@dataclass(frozen=True)
class PartyFound:
    """The party read, and another name that stands with equal right.

    `label_lost`: none was read, but a unit's name stands where its label may have been.
    """

    read: FieldRead | None
    contradicts: str | None = None
    label_lost: bool = False


def find_party(
    values: Sequence[Labelled], letter: Sequence[Piece], form: Form | None, unclaimed: Sequence[Piece]
) -> PartyFound:
    """The party among the values of the form's head.

    `letter` are the pieces between title and first label, `unclaimed` those that belong to no label.
    """
    named = [field for value in values if value.hit.role is Role.PARTY and (field := _named(value))]
    if not named:
        names = [field for value in values if value.hit.role is Role.NAME and (field := _named(value))]
        headed = any(value.hit.role is Role.PARTY for value in values)
        named = [_with(field, _FROM_NAME if headed else _WITHOUT_LABEL) for field in names]
    if not named and form is not None and form.addressed:
        named = [field for hit in _addressees(values, letter) if (field := _addressee(hit))]
    if not named:
        return PartyFound(
            None, label_lost=any(_UNIT.search(piece.text.text) for piece in unclaimed if _SOUND.match(piece.text.text))
        )
    best = named[0]
    other = next((field.raw for field in named if squeeze(field.value) != squeeze(best.value)), None)
    return PartyFound(best, other)


def _with(field: FieldRead, most: float) -> FieldRead:
    return field.model_copy(update={"confidence": min(field.confidence, most)})


def _named(value: Labelled) -> FieldRead | None:
    """The value as a name; a next line joins it where the name is plainly unfinished."""
    name = clean_name(value.raw)
    confidence = value.confidence
    if value.wrapped is not None and value.full and not _UNIT.search(squeeze(name)):
        longer = value.with_wrapped()
        joined = clean_name(value.raw + value.wrapped.raw)
        if _UNIT.search(squeeze(joined)) and _SOUND.match(squeeze(joined)):
            value, name = longer, joined
        elif len(squeeze(name)) > _LONGEST_PERSON:
            confidence = min(confidence, _ODD)
    plain = squeeze(name)
    if not plain or plain in _OTHER:
        return None
    if not _UNIT.search(plain):
        # Nothing about a person's name bears out a letter that the engine doubts.
        confidence *= confidence
    if (
        _DASH.match(value.raw)
        or _several(value.raw)
        or _NOBODY.match(plain)
        or not _SOUND.match(plain)
        or not (_UNIT.search(plain) or _PERSON.match(plain))
    ):
        confidence = min(confidence, _ODD)
    return FieldRead(
        label=value.hit.label, value=name, raw=value.raw, page=value.page, box=value.box, confidence=confidence
    )


def _several(raw: str) -> bool:
    """Whether more than one name stands there: apart by a comma or a gap, each a person's or a unit's."""
    told = re.split(r"[,，;；、]|\s+", re.sub(r"[(（].*?[)）]", "", raw).strip())
    named = [
        each
        for each in told
        if len(each) > 1 and (_UNIT.search(each) or _PERSON.match(each)) and not _DESCRIBES.match(each)
    ]
    return len(named) > 1


def clean_name(raw: str) -> str:
    """A name as written, without the spaces and rules of its blank and without what describes the person."""
    text = clean_people(raw)
    end = _END.search(text)
    return text[: end.start()] if end else text


def clean_people(raw: str) -> str:
    """Names as written, without the printed words of the blanks around them: `姓名林海生性别男`."""
    text = clean_value(raw)
    found = _BLANKS_OF_PERSON.search(text)
    return clean_value(text[: found.start()] if found else text).removeprefix("姓名").lstrip(":：")


def people_of(raw: str) -> str:
    """Names as written; those that only a gap parts, with a mark between them: `吴小龙　叶一鸣`."""
    names = _SIGNED_ON.sub("", raw.strip()).split()
    apart = len(names) > 1 and all(_PERSON.match(name) for name in names)
    return "、".join(names) if apart else _DUST.sub(r"\1", _SIGNED_ON.sub("", clean_people(raw)))


def runs_together(text: str) -> bool:
    """Whether several names may stand in `text` as one: what parts them is small, and lost or read as a point."""
    return any(_TOGETHER.match(name) and not _UNIT.search(name) for name in re.split(r"[、,，;；/()（）]", text))


def clean_value(raw: str) -> str:
    """A value as written, without the spaces and rules of its blank."""
    return re.sub(r"[\s_＿]+", "", raw).strip(".·:：、，。；,;-—").rstrip("(（")


def _addressees(values: Sequence[Labelled], letter: Sequence[Piece]) -> list[Hit]:
    """Lines of the letter's head that end in a colon and hold no known label: `某某公司：`."""
    heads = {id(piece) for piece in letter}
    return [
        value.hit
        for value in values
        if id(value.hit.piece) in heads
        and not value.hit.known
        and value.hit.begin == 0
        and value.hit.value == len(value.hit.piece.text.text)
    ]


def _addressee(hit: Hit) -> FieldRead | None:
    part = Part(hit.piece, hit.begin, hit.value - 1)
    name = clean_name(part.raw)
    plain = squeeze(name)
    sure = bool(_UNIT.search(plain) or _PERSON.match(plain))
    return FieldRead(
        label="",
        value=name,
        raw=part.raw,
        page=hit.piece.page,
        box=hit.piece.box(part.begin, part.stop),
        confidence=min(hit.piece.confidence, _ADDRESSED if sure else _ODD),
    )
