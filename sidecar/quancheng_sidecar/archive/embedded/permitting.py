"""What a record card follows: the permissions of the forms that it is linked with, or else of its case."""

from django.db.models import Q, QuerySet

from quancheng_sidecar.archive.embedded.models import ArchivedDocument
from quancheng_sidecar.archive.fields import CustomField
from quancheng_sidecar.archive.permissions import Permissions
from quancheng_sidecar.archive.port import DocumentKind


def said_of(row: ArchivedDocument) -> Permissions | None:
    """What was said of this very document; None where nothing was."""
    return None if row.permissions is None else Permissions.model_validate(row.permissions)


def of_its_forms(row: ArchivedDocument) -> list[Permissions]:
    """What was said of the forms that a record card follows; of any other document nothing."""
    if row.kind != DocumentKind.RECORD_CARD:
        return []
    forms = _linked(row).filter(kind=DocumentKind.FORM)
    if not forms.exists():
        forms = _of_its_case(row).filter(kind=DocumentKind.FORM)
    return [said for form in forms if (said := said_of(form)) is not None]


def followers(row: ArchivedDocument) -> set[int]:
    """Record cards that may follow this form: those linked with it, and those of its case."""
    if row.kind != DocumentKind.FORM:
        return set()
    cards = (each.filter(kind=DocumentKind.RECORD_CARD) for each in (_linked(row), _of_its_case(row)))
    return {key for each in cards for key in each.values_list("pk", flat=True)}


def _linked(row: ArchivedDocument) -> QuerySet[ArchivedDocument]:
    field = CustomField.RECORDINGS.value
    older = Q(links_to_newer__newer=row.pk, links_to_newer__field=field)
    return ArchivedDocument.objects.filter(
        older | Q(links_to_older__older=row.pk, links_to_older__field=field)
    ).distinct()


def _of_its_case(row: ArchivedDocument) -> QuerySet[ArchivedDocument]:
    return ArchivedDocument.objects.filter(case_key=row.case_key).exclude(case_key="")
