"""What Paperless does to documents, told to the outbox in the transaction in which it is done."""

from typing import Any

from django.db.models.signals import post_delete, post_save

from quancheng_plugin.host import intake, outbox
from quancheng_plugin.host.acting import Actor
from quancheng_plugin.host.harmless import harmless
from quancheng_plugin.host.models import Kept
from quancheng_plugin.host.outbox import Kind
from quancheng_plugin.host.paperless import part
from quancheng_plugin.settings import PluginSettings

# Set on the object that Paperless' consumer is about to save for the last time, in the same transaction.
_NEW = "_quancheng_new"


def connect() -> None:
    """Listen to Paperless' signals."""
    model = part("documents.models", "Document")
    part("documents.signals", "document_consumption_finished").connect(_taken_in, weak=False)
    part("documents.signals", "document_updated").connect(_changed, weak=False)
    part("django_softdelete.signals", "post_soft_delete").connect(_trashed, sender=model, weak=False)
    part("django_softdelete.signals", "post_restore").connect(_restored, sender=model, weak=False)
    post_save.connect(_saved, sender=model, weak=False)
    post_delete.connect(_deleted, sender=model, weak=False)


def _taken_in(*, document: Any, **_: object) -> None:  # noqa: ANN401 - Paperless' model
    """Paperless has read the document but not yet moved its files: the digest of the archive file comes last."""
    setattr(document, _NEW, True)


def _saved(*, instance: Any, **_: object) -> None:  # noqa: ANN401 - Paperless' model
    if not getattr(instance, _NEW, False) or not instance.filename:
        return
    delattr(instance, _NEW)
    with harmless(f"登记新文档 {instance.pk} "):
        detail = intake.detail_of(instance, PluginSettings())
        if intake.is_ours(detail):
            root = instance.root_document_id or instance.pk
            Kept.objects.get_or_create(document=root, defaults={"state": Kept.State.ARCHIVED})
        if instance.root_document_id is None:  # of a version, Paperless says that its document was changed
            owner = instance.owner
            by = Actor(owner.pk, owner.get_username()) if owner else None
            outbox.write(Kind.CONSUMED, instance.pk, by=by, detail=detail)


def _changed(*, document: Any, **_: object) -> None:  # noqa: ANN401 - as above
    with harmless(f"登记文档 {document.pk} 的更改"):
        outbox.write(Kind.CHANGED, document.root_document_id or document.pk)


def _trashed(*, instance: Any, **_: object) -> None:  # noqa: ANN401 - as above
    with harmless(f"登记文档 {instance.pk} 移入回收站"):
        outbox.write(Kind.TRASHED, instance.pk, detail=_whose(instance))


def _restored(*, instance: Any, **_: object) -> None:  # noqa: ANN401 - as above
    with harmless(f"登记文档 {instance.pk} 的恢复"):
        outbox.write(Kind.RESTORED, instance.pk, detail=_whose(instance))


def _deleted(*, instance: Any, **_: object) -> None:  # noqa: ANN401 - as above
    with harmless(f"登记文档 {instance.pk} 的删除"):
        outbox.write(Kind.DELETED, instance.pk, detail=_whose(instance))


def _whose(document: Any) -> dict[str, Any]:  # noqa: ANN401 - as above
    """Which document it is, since nobody can look it up any more; of a version, of which document."""
    told = {"checksum": document.checksum, "title": document.title}
    return told | ({"version_of": document.root_document_id} if document.root_document_id else {})
