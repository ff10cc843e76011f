"""What is to be done with one object of ours in a Paperless-ngx: pure, from what is there and what was made."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from quancheng_plugin.sentence import Sentence
from quancheng_sidecar.archive.fields import CustomField, FieldType, option_label
from quancheng_sidecar.archive.paperless.office import Kind, Known, NotThere, Piece
from quancheng_sidecar.archive.paperless.registry import Object
from quancheng_sidecar.archive.paperless.there import options_of

_TELLING: Mapping[Kind, tuple[str, ...]] = {
    Kind.GROUP: ("permissions",),
    Kind.STORAGE_PATH: ("path",),
    Kind.WORKFLOW: ("triggers", "actions"),
    Kind.VIEW: ("filter_rules",),
}
"""What gives objects of a kind their meaning, beside their name."""


class Action(StrEnum):
    """What setup does with an object, or did."""

    MAKE = "make"
    EXTEND = "extend"  # a select field that we made lacks options
    KEEP = "keep"
    CONFLICT = "conflict"
    REFUSED = "refused"

    @property
    def zh(self) -> str:
        """The action as people read it."""
        return {"make": "新建", "extend": "补充选项", "keep": "已有", "conflict": "冲突", "refused": "未成"}[self.value]


@dataclass(frozen=True)
class Decision:
    """What to do, with which object there, and in words why not."""

    action: Action
    found: Object | None = None
    why: Sentence | None = None


def decide(piece: Piece, there: Sequence[Object], made: int | None, known: Known) -> Decision:
    """Match by exact name and type; an object that is not surely meant by `piece` is a conflict, never changed.

    `made` is the id of what the product made for this piece before: what a person changed in that since stays. One
    that it did not make must say the same, for a group of that name may mean something else. Views may share a name:
    each person has their own, and ours is made beside them.
    """
    named = [each for each in there if each["name"] == piece.name]
    if piece.kind is Kind.VIEW:
        named = [each for each in named if each["id"] == made or _says_the_same(piece, each, known)][:1]
    ours = next((each for each in there if each["id"] == made), None)
    if ours is not None and ours in named:
        named = [ours]
    if len(named) > 1:
        return Decision(Action.CONFLICT, why=_several(piece, len(named)))
    if named:
        return _fitting(piece, named[0], made, known)
    if ours is not None:
        return Decision(Action.CONFLICT, why=_renamed(piece, ours))
    return Decision(Action.MAKE)


def missing_options(field: CustomField, found: Object) -> list[str]:
    """Labels that a select field there should offer and does not."""
    held = {option["label"] for option in options_of(found)}
    return [label for code in field.options if (label := option_label(field, code)) not in held]


def _fitting(piece: Piece, found: Object, made: int | None, known: Known) -> Decision:
    if piece.kind is not Kind.FIELD:
        same = found["id"] == made or _says_the_same(piece, found, known)
        return Decision(Action.KEEP, found) if same else Decision(Action.CONFLICT, why=_other_content(piece))
    field = CustomField(piece.key)
    if found["data_type"] != field.type.value:
        return Decision(Action.CONFLICT, why=_other_type(piece, field, found))
    lacking = missing_options(field, found) if field.type is FieldType.SELECT else []
    if not lacking:
        return Decision(Action.KEEP, found)
    if found["id"] == made:
        return Decision(Action.EXTEND, found)
    return Decision(Action.CONFLICT, why=_other_options(piece, lacking))


def _says_the_same(piece: Piece, found: Object, known: Known) -> bool:
    """Whether what gives the object its meaning is as we would make it; a name alone is what a tag or type means."""
    telling = _TELLING.get(piece.kind, ())
    try:
        body = piece.body(known) if telling else {}
    except NotThere:
        return False
    return all(_holds(found[part], body[part]) for part in telling)


def _holds(found: object, wanted: object) -> bool:
    """Whether all that is wanted is there; Paperless adds members of its own, and orders rights as it likes."""
    if isinstance(wanted, Mapping):
        return isinstance(found, Mapping) and all(_holds(found.get(name), value) for name, value in wanted.items())
    if isinstance(wanted, list):
        if not isinstance(found, list) or len(found) != len(wanted):
            return False
        return all(any(_holds(each, one) for each in found) for one in wanted)
    return found == wanted


def _other_content(piece: Piece) -> Sentence:
    return Sentence(
        zh=f"已有同名的{piece.kind.zh}“{piece.name}”，不是本系统建的，内容也不同，本系统不改动它。"
        "请在 Paperless 里给它改名，再运行 quancheng paperless setup。",
        en=f"“{piece.name}” of {piece.kind.value} was not made by this product and says something else; it is left as "
        "it is. Rename it in Paperless, then run `quancheng paperless setup` again.",
    )


def _several(piece: Piece, count: int) -> Sentence:
    return Sentence(
        zh=f"有 {count} 个同名的{piece.kind.zh}“{piece.name}”，不能断定用哪一个。"
        "请在 Paperless 里只留一个，或给其余的改名。",
        en=f"There are {count} objects named “{piece.name}” in {piece.kind.value}. Keep one, or rename the others.",
    )


def _renamed(piece: Piece, ours: Object) -> Sentence:
    return Sentence(
        zh=f"本系统建的{piece.kind.zh}“{piece.name}”（编号 {ours['id']}）现名“{ours['name']}”。请改回原名；"
        "若 Paperless 重新安装过、这是另一个，请删去 QUANCHENG_HOME/paperless/made.json 后重试。",
        en=f"“{piece.name}” (id {ours['id']}), made by this product, is now called “{ours['name']}”. Rename it "
        "back; if Paperless was installed anew and this is another one, remove QUANCHENG_HOME/paperless/made.json.",
    )


def _other_type(piece: Piece, field: CustomField, found: Object) -> Sentence:
    return Sentence(
        zh=f"已有同名自定义字段“{piece.name}”，类型是 {found['data_type']}，应为 {field.type.value}。"
        "本系统不改动它；请在 Paperless 里给它改名，再运行 quancheng paperless setup。",
        en=f"A custom field “{piece.name}” is there with type {found['data_type']} instead of {field.type.value}. "
        "It is left as it is; rename it in Paperless, then run `quancheng paperless setup` again.",
    )


def _other_options(piece: Piece, lacking: Sequence[str]) -> Sentence:
    return Sentence(
        zh=f"自定义字段“{piece.name}”不是本系统建的，缺少选项：{'、'.join(lacking)}。请在 Paperless 里补上这些选项。",
        en=f"The custom field “{piece.name}” was not made by this product and lacks the options "
        f"{', '.join(lacking)}. Add them in Paperless.",
    )
