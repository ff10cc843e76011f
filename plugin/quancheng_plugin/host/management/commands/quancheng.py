"""`manage.py quancheng`: what waits in the outbox, what is kept; hold and release by the operator's hand."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from quancheng_plugin.host.keeping import Keeping, keep
from quancheng_plugin.host.models import Event, Kept, Pause

_STATES = {"hold": "held", "archive": "archived", "release": "free"}


class Command(BaseCommand):
    """Paperless' own way for an operator to look at the plugin and to act where the sidecar cannot."""

    help = "全程：查看发件箱和受保管的文档；冻结、归档或解除保管（须写明理由）"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """`status`, or one of `hold`, `archive`, `release` with numbers of documents and a reason."""
        parser.add_argument("action", choices=["status", *_STATES])
        parser.add_argument("documents", nargs="*", type=int, help="文档编号")
        parser.add_argument("--reason", default="", help="理由，显示给试图删除的人")

    def handle(self, *_: object, **options: Any) -> None:  # noqa: ANN401 - Django's own
        """Carry it out."""
        action, documents = options["action"], options["documents"]
        if action == "status":
            self._status()
            return
        if not documents or not options["reason"]:
            raise CommandError("须给出文档编号和 --reason")
        for document in documents:
            keep(Keeping(document=document, state=_STATES[action], reason=options["reason"]))
            self.stdout.write(f"文档 {document}：{_STATES[action]}（{options['reason']}）")

    def _status(self) -> None:
        waiting = Event.objects.filter(refused="")
        oldest = waiting.first()
        since = f"，最早 {oldest.at:%Y-%m-%d %H:%M:%S %z}" if oldest else ""
        self.stdout.write(
            f"发件箱：{waiting.count()} 个事件待送{since}；{Event.objects.exclude(refused='').count()} 个被拒收"
        )
        pause = Pause.objects.first()
        if pause:
            self.stdout.write(f"收集端连续 {pause.failures} 次未应答，{pause.until:%Y-%m-%d %H:%M:%S %z} 后再试")
        counts = [f"{state.label} {Kept.objects.filter(state=state).count()}" for state in Kept.State]
        self.stdout.write(f"受保管：{'，'.join(counts)}")
