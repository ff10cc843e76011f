"""A document that Quancheng could not process is marked for a person, once Paperless has taken it in.

Marking waits until the document is stored: nothing of it can undo the intake.
"""

import logging
from pathlib import Path
from typing import Any

from quancheng_plugin.errors import QuanchengError
from quancheng_plugin.host.outcome import Failure
from quancheng_plugin.host.paperless import part
from quancheng_plugin.sentence import Sentence

TAG = "全程未处理，请人工核对"
_COLOUR = "#c0392b"

logger = logging.getLogger("quancheng.paperless")


def failure_of(error: Exception) -> Failure:
    """The stable code and sentence of an error; one of no kind of ours is told by its type."""
    if isinstance(error, QuanchengError):
        return Failure(code=error.code, sentence=error.sentence)
    kind = type(error).__name__
    return Failure(
        code=QuanchengError.code,
        sentence=Sentence(
            zh=f"处理时出现意外错误（{kind}），详情见 Paperless 日志。请联系管理员后重新处理。",
            en=f"An unexpected error ({kind}); see Paperless' log. Ask the administrator, then process it again.",
        ),
    )


class Watch:
    """Waits for the document made from one file while its parser is open, then marks it."""

    def __init__(self, source: Path, failure: Failure) -> None:
        self._source = source
        self._failure = failure
        self._document: Any = None
        self._signal: Any = part("documents.signals", "document_consumption_finished")
        self._signal.connect(self._take_in, weak=False)

    def close(self, *, stored: bool) -> None:
        """Stop waiting; mark the document if one came and was `stored`. Never raises."""
        self._signal.disconnect(self._take_in)
        if not stored or self._document is None:
            return
        try:
            _mark(self._document, self._failure)
        except Exception:
            logger.exception("文档 %s 未能加标签“%s”", self._document.pk, TAG)

    def _take_in(self, *, document: Any, original_file: Path, **_: object) -> None:  # noqa: ANN401 - Paperless' model
        """Remember the document; another one may come by where several are consumed in one process."""
        if Path(original_file).is_relative_to(self._source.parent):
            self._document = document


def _mark(document: Any, failure: Failure) -> None:  # noqa: ANN401 - Paperless' model
    """Tag and note on the document, or on the one that it is a version of; the search index learns of them."""
    models = "documents.models"
    held = part(models, "Document").objects.get(pk=document.root_document_id or document.pk)
    tags = part(models, "Tag")
    tag = tags.objects.filter(name=TAG).order_by("pk").first()
    if tag is None:
        tag = tags.objects.create(name=TAG, color=_COLOUR, matching_algorithm=tags.MATCH_NONE)
    held.add_nested_tags([tag])
    note = f"{failure.sentence.zh}（{failure.code}）文件已由 Paperless 自带的解析器收入，没有签名。"
    part(models, "Note").objects.create(document=held, note=note)
    part("documents.signals.handlers", "add_to_index")(None, held)
