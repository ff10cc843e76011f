"""The guard: nobody deletes a document that is kept, in no way that Paperless offers.

`pre_delete` is the guarantee: it refuses every deletion through Django, into the trash and out of it. It can only
refuse by an error, which would stop a whole batch, or a workflow in the middle of taking in a document. So
the three places where Paperless deletes on behalf of many leave kept documents out before they begin.
"""

import logging
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from functools import wraps
from importlib import import_module
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db.models.signals import pre_delete
from django.utils import timezone

from quancheng_plugin.host import outbox
from quancheng_plugin.host.acting import Actor, Refusal, current
from quancheng_plugin.host.harmless import harmless
from quancheng_plugin.host.models import Kept
from quancheng_plugin.host.outbox import Kind
from quancheng_plugin.host.paperless import part

_SHOWN = 5
_WHY = {Kept.State.ARCHIVED: "已归档", Kept.State.HELD: "已冻结"}

logger = logging.getLogger("quancheng.paperless")


class DeletionRefused(PermissionDenied):
    """A kept document was about to be deleted; the sentence is for the person who tried."""


def install() -> None:
    """Put the guard in place. Where a later Paperless is made otherwise, a batch stops where it is refused."""
    pre_delete.connect(_refuse, sender=part("documents.models", "Document"), weak=False)
    for module, name, wrap in (
        ("documents.bulk_edit", "delete", _leaving_out_of_batch),
        ("documents.tasks", "empty_trash", _leaving_in_trash),
    ):
        try:
            task = part(module, name)
            task.run = wrap(task.run)
        except (ImportError, AttributeError):
            logger.exception("全程：此版本的 Paperless 没有 %s.%s，批量删除遇到受保管的文档时将整批停止", module, name)
    handlers = import_module("documents.signals.handlers")
    try:
        handlers.execute_move_to_trash_action = _leaving_out_of_workflow(handlers.execute_move_to_trash_action)  # type: ignore[attr-defined] # Paperless' module
    except AttributeError:
        logger.exception("全程：此版本的 Paperless 没有 execute_move_to_trash_action，工作流删除受保管的文档时将报错")


def sentence(refused: Iterable[Refusal]) -> str:
    """What a clerk is told; documents by title and number, five at most."""
    all_of_them = list(dict.fromkeys(refused))
    names = [_name(each) for each in all_of_them[:_SHOWN]]
    if len(all_of_them) == 1:
        return f"{names[0]}，不得删除。执法记录须保管到期，经鉴定、批准后方可处置；确属误收的，请联系保管员。"
    more = f"等 {len(all_of_them)} 份" if len(all_of_them) > _SHOWN else ""
    return f"以下文档不得删除，已保留；其余已处理：{'；'.join(names)}{more}。确属误收的，请联系保管员。"


def tell(refusal: Refusal, by: Actor | None = None) -> None:
    """Write a refusal to the outbox and into the document's history."""
    with harmless(f"登记拒绝删除文档 {refusal.document} "):
        detail = {"title": refusal.title, "state": refusal.state, "reason": refusal.reason}
        outbox.write(Kind.DELETION_REFUSED, refusal.document, by=by, detail=detail)
    with harmless(f"把拒绝删除写入文档 {refusal.document} 的历史"):
        _into_history(refusal, by)


def _name(refusal: Refusal) -> str:
    why = _WHY[Kept.State(refusal.state)] + (f"（{refusal.reason}）" if refusal.reason else "")
    return f"《{refusal.title}》（第 {refusal.document} 号）{why}"


def _refuse(*, instance: Any, **_: object) -> None:  # noqa: ANN401 - Paperless' model
    refused = _refusals([instance.pk])
    if refused:
        _note(refused)
        raise DeletionRefused(sentence(refused.values()))


def _refusals(documents: Iterable[int], *, by_workflow: bool = False) -> dict[int, Refusal]:
    """Those of the documents that are kept, by number; a version is refused in the name of its document."""
    asked = part("documents.models", "Document").global_objects.filter(pk__in=list(documents))
    roots = {pk: (root or pk, title) for pk, root, title in asked.values_list("pk", "root_document_id", "title")}
    kept = Kept.objects.in_bulk([root for root, _ in roots.values()])
    return {
        pk: Refusal(root, title, kept[root].state, kept[root].reason, by_workflow=by_workflow)
        for pk, (root, title) in roots.items()
        if root in kept
    }


def _note(refused: Mapping[int, Refusal]) -> None:
    """Within a request it is told when that is answered, since the view may take back what is written meanwhile."""
    acting = current()
    if acting is not None:
        acting.refused += [each for each in refused.values() if each not in acting.refused]
        return
    for each in set(refused.values()):
        tell(each)


def _leaving_out_of_batch(delete: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(delete)
    def guarded(doc_ids: list[int]) -> Any:  # noqa: ANN401 - what Paperless answers
        refused = _refusals(doc_ids)
        if not refused:
            return delete(doc_ids)
        _note(refused)
        delete([pk for pk in doc_ids if pk not in refused])
        return sentence(refused.values())

    return guarded


def _leaving_in_trash(empty_trash: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(empty_trash)
    def guarded(doc_ids: list[int] | None = None) -> Any:  # noqa: ANN401 - what Paperless answers
        in_trash = part("documents.models", "Document").deleted_objects
        due = in_trash.filter(pk__in=doc_ids) if doc_ids is not None else in_trash.filter(deleted_at__lt=_expiry())
        refused = _refusals(due.values_list("pk", flat=True))
        if not refused:
            return empty_trash(doc_ids=doc_ids)
        if doc_ids is not None:  # the nightly round is nobody's attempt
            _note(refused)
        return empty_trash(doc_ids=list(due.exclude(pk__in=refused).values_list("pk", flat=True)))

    return guarded


def _expiry() -> datetime:
    days: int = settings.EMPTY_TRASH_DELAY  # type: ignore[misc] # Paperless' setting
    return timezone.now() - timedelta(days=days)


def _leaving_out_of_workflow(move_to_trash: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(move_to_trash)
    def guarded(action: Any, document: Any, logging_group: Any) -> Any:  # noqa: ANN401 - Paperless' own
        refused = _refusals([document.pk], by_workflow=True) if _is_stored(document) else {}
        if not refused:
            return move_to_trash(action, document, logging_group)
        return _note(refused)

    return guarded


def _is_stored(document: Any) -> bool:  # noqa: ANN401 - a document, or a file that is still being taken in
    return isinstance(document, part("documents.models", "Document"))


def _into_history(refusal: Refusal, by: Actor | None) -> None:
    if not settings.AUDIT_LOG_ENABLED:  # type: ignore[misc] # Paperless' setting
        return
    document = part("documents.models", "Document").global_objects.get(pk=refusal.document)
    entries = part("auditlog.models", "LogEntry")
    entries.objects.log_create(
        instance=document,
        changes={"全程": ["删除", f"已拒绝：{_name(refusal)}"]},
        action=entries.Action.UPDATE,
        actor_id=by.id if by else None,
    )
