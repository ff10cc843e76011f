"""`quancheng recording compare`: what one recording is to another."""

from pathlib import Path
from typing import Annotated

import typer

from quancheng_sidecar.cli.output import JsonOption, coded_errors, listing, people, print_json, progress, say
from quancheng_sidecar.media.comparison.report import Comparison, Range, Relation, Sense, Span
from quancheng_sidecar.settings import settings

_RELATION_ZH = {
    Relation.IDENTICAL: "完全相同",
    Relation.SAME_CONTENT: "内容相同",
    Relation.EXCERPT: "第二份是第一份的一段",
    Relation.CONTAINS: "第一份是第二份的一段",
    Relation.PARTIAL_OVERLAP: "部分相同",
    Relation.UNRELATED: "未发现同源内容",
}
_SENSE_ZH = {
    Sense.BYTES: "字节",
    Sense.CODED_PICTURE: "编码画面",
    Sense.CODED_SOUND: "编码声音",
    Sense.PICTURE: "画面",
    Sense.SOUND: "声音",
    Sense.CLOCK: "画面时钟",
}


def compare(
    a: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="已归档的录像或录音。")],
    b: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="要查明来源的录像或录音。")],
    *,
    as_json: JsonOption = False,
) -> None:
    """比对两份录像或录音：第二份是否出自第一份，哪些段落相同、缺少或增加。"""
    from quancheng_sidecar.media.bounded import compare_bounded

    with coded_errors(as_json=as_json), progress(f"比对 {a.name} 与 {b.name}"):
        found = compare_bounded(a, b, settings())
    if as_json:
        print_json(found)
    else:
        _show(found)


def relation_line(found: Comparison) -> str:
    """The relation, what it rests on, and how much is shared, in one line."""
    evidence = found.evidence.zh if found.evidence else "无"
    return f"{_RELATION_ZH[found.relation]}（依据：{evidence}；相同部分占 {found.score:.0%}）"


def _show(found: Comparison) -> None:
    people.print(relation_line(found))
    if found.ranges:
        table = listing("第一份", "第二份", "相符", "说明", title="相同的段落")
        for one in found.ranges:
            table.add_row(_span(one.a), _span(one.b), "、".join(_SENSE_ZH[sense] for sense in one.by), _manner(one))
        people.print(table)
    for words, spans in (
        ("第二份中没有的段落", found.missing),
        ("第二份中多出的段落", found.added),
        ("第二份中不能确定的段落", found.unsure),
    ):
        if spans:
            people.print(f"{words}：{'，'.join(map(_span, spans))}")
    if found.swapped:
        people.print("段落的先后次序与第一份不同。")
    for remark in found.remarks:
        people.print(say(remark))


def _manner(one: Range) -> str:
    words = []
    if one.speed < 0:
        words.append("倒放")
    elif abs(one.speed - 1) > 0.005:  # noqa: PLR2004  half a percent
        words.append(f"速度 {one.speed:.2f} 倍")
    if one.turned:
        words.append(f"画面顺时针转了 {one.turned} 度")
    return "、".join([*words, *(["左右镜像"] if one.mirrored else [])])


def _span(span: Span) -> str:
    return f"{_clock(span[0])}–{_clock(span[1])}"


def _clock(seconds: float) -> str:
    minutes, rest = divmod(seconds, 60)
    return f"{int(minutes // 60)}:{int(minutes % 60):02d}:{rest:04.1f}"
