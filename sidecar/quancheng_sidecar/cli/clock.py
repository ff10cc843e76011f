"""`quancheng clock`: the page that a camera films to have its clock checked."""

from typing import Annotated

import typer
from pydantic import BaseModel

from quancheng_sidecar.cli.output import JsonOption, coded_errors, notes, print_json
from quancheng_sidecar.web.ready import ready


class ClockPage(BaseModel):
    """Where the page is shown, until the command is stopped; `picture` is made anew each time it is fetched."""

    url: str
    picture: str


def clock(
    *,
    host: Annotated[str, typer.Option("--host", help="监听的地址；让别的屏幕打开时填本机地址。")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=1, max=65535, help="监听的端口。")] = 8021,
    as_json: JsonOption = False,
) -> None:
    """打开校时页面：每秒一个含服务器时间的二维码，供设备拍摄；随后用 quancheng device check 测出设备时钟的误差。"""
    ready()
    from granian.constants import Interfaces
    from granian.server import Server

    page = ClockPage(url=f"http://{host}:{port}/clock", picture=f"http://{host}:{port}/clock/now.png")
    if as_json:
        print_json(page)
    notes.print(f"请在浏览器全屏打开 {page.url}，用设备对准拍摄至少 5 秒。按 Ctrl-C 停止。")
    notes.print(f"没有浏览器时，用看图程序每秒刷新一次 {page.picture}，拍摄至少 10 秒（误差多 0.25 秒）。")
    with coded_errors(as_json=as_json):
        Server(
            "quancheng_sidecar.web.clock_alone:application",
            address=host,
            port=port,
            interface=Interfaces.WSGI,
            log_access=False,
            backpressure=32,
        ).serve()
