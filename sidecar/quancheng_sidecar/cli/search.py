"""`quancheng search`."""

from typing import Annotated

import typer
from rich.text import Text

from quancheng_sidecar.cli.output import JsonOption, coded_errors, listing, people, print_json
from quancheng_sidecar.web.ready import ready


def search(
    query: Annotated[str, typer.Argument(help="任意长度的中文、编号、日期；空格隔开表示都要出现。")],
    *,
    limit: Annotated[int, typer.Option("--limit", min=1, max=200, help="最多显示多少条。")] = 20,
    offset: Annotated[int, typer.Option("--offset", min=0, help="跳过前多少条。")] = 0,
    as_json: JsonOption = False,
) -> None:
    """检索全部文书和声像资料登记卡。"""
    ready()
    from quancheng_sidecar.use import services
    from quancheng_sidecar.wiring import parts

    with coded_errors(as_json=as_json):
        page = services.search(parts(), query, limit=limit, offset=offset)
    if as_json:
        print_json(page)
        return
    if not page.total:
        people.print(f"没有找到“{query}”。可试试更短的词，或案号中的几位数字。")
        return
    table = listing("编号", "类别", "标题", "案号", "摘录", title=f"共 {page.total} 条")
    for hit in page.hits:
        excerpt = Text(hit.snippet.text)
        for start, end in hit.snippet.marks:
            excerpt.stylize("bold yellow", start, end)
        table.add_row(hit.id, hit.kind.zh, hit.title, hit.case or "", excerpt)
    people.print(table)
