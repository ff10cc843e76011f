"""The archive port where the office's Paperless-ngx is the archive: our own side, and a note of what to send."""

from quancheng_sidecar.archive.embedded.adapter import EmbeddedArchive
from quancheng_sidecar.archive.embedded.models import ArchivedDocument
from quancheng_sidecar.archive.fields import CustomField
from quancheng_sidecar.archive.paperless.models import Incoming, Twin
from quancheng_sidecar.archive.permissions import Permissions
from quancheng_sidecar.archive.port import DocumentKind


class PaperlessArchive(EmbeddedArchive):
    """`Archive` kept in step with Paperless: every write notes, in its own transaction, what has to be pushed.

    No call of the port goes over the network, so Paperless being down hinders nobody.
    """

    def _changed(self, *documents: int) -> None:
        for document in documents:
            _, is_new = Twin.objects.get_or_create(
                document_id=document, defaults={"remote_id": _where_it_came_from(document)}
            )
            if not is_new:
                Twin.want(document)

    def _governing(self, row: ArchivedDocument) -> list[Permissions]:
        """A card shows its recording: where that lies in Paperless, the card is for those who may see it there."""
        if row.kind != DocumentKind.RECORD_CARD:
            return []
        recordings = [each.value for each in row.field_values.all() if each.field == CustomField.RECORDING_DIGEST]
        held = Incoming.objects.filter(original__in=recordings, permissions__isnull=False)
        return [*super()._governing(row), *(Permissions.model_validate(each.permissions) for each in held)]


def _where_it_came_from(document: int) -> int | None:
    """The document of Paperless that these bytes were taken over from and that no other of ours stands for."""
    original = ArchivedDocument.objects.values_list("original", flat=True).get(pk=document)
    taken = Twin.objects.filter(remote_id__isnull=False).values("remote_id")
    return (
        Incoming.objects.filter(original=original)
        .exclude(remote_id__in=taken)
        .order_by("remote_id")
        .values_list("remote_id", flat=True)
        .first()
    )
