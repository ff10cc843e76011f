"""What people changed in Paperless-ngx is entered here as corrections, with who and when (0005)."""

from collections.abc import Mapping

from django.db import transaction
from django.db.models import Q

from quancheng_plugin.errors import QuanchengError
from quancheng_plugin.forms.numbers import normalise
from quancheng_plugin.forms.stages import Stage
from quancheng_sidecar.archive.fields import CustomField, FieldValue
from quancheng_sidecar.archive.paperless.merging import Merge
from quancheng_sidecar.archive.permissions import Permissions
from quancheng_sidecar.archive.port import DocumentId
from quancheng_sidecar.collect import corrections, standing
from quancheng_sidecar.collect.filing import file_under
from quancheng_sidecar.collect.models import Correction, Recording, WrittenDocument
from quancheng_sidecar.core.event import EventType
from quancheng_sidecar.preserve import log
from quancheng_sidecar.wiring import Parts

_WHY = "在 Paperless 中更正"
# Values of a form that a person may change there, by their name as corrections.
_NAMES = {
    CustomField.FORM_NUMBER_NORMALISED: "number",
    CustomField.INTERVAL_START: "start",
    CustomField.INTERVAL_END: "end",
    CustomField.PARTY: "party",
    CustomField.SHIP: "ship",
    CustomField.PLACE: "place",
}
OF_THE_KIND = {CustomField.STAGE}
"""What a form has from its kind in the catalogue: nobody enters it by itself, and it is set right again there."""
_FILED = {CustomField.CASE_NUMBER: standing.CASE}


def by_person(archive_id: str) -> set[CustomField]:
    """Which fields of a record a person entered: these count for more than what a machine read."""
    of_record = Q(document__archive_id=archive_id) | Q(recording__archive_id=archive_id)
    entered = set(Correction.objects.filter(of_record).values_list("name", flat=True))
    return {changed for changed, name in {**corrections.RECORDED, **_NAMES, **_FILED}.items() if name in entered}


def enter(parts: Parts, archive_id: str, merged: Merge, who: str) -> set[str]:
    """Enter as corrections what a person changed there; what cannot be entered is disputed, never overwritten."""
    cases = set[str]()
    for kind in (WrittenDocument, Recording):
        record = kind.objects.filter(archive_id=archive_id).select_related("original", "case").first()
        if record is not None:
            _enter_values(parts, record, merged, who)
            if CustomField.CASE_NUMBER in merged.pull:
                cases |= enter_case(parts, record, str(merged.pull[CustomField.CASE_NUMBER] or ""), who)
            cases |= {record.case.number} if record.case else set()
    return cases


def enter_permissions(parts: Parts, archive_id: str, permissions: Permissions, who: str) -> None:
    """Enter who may see and change a document, as a person set it there; a card set like its forms follows them on."""
    document = DocumentId(archive_id)
    with transaction.atomic():
        parts.archive.permit(document, None)
        if parts.archive.permissions(document) != permissions:
            parts.archive.permit(document, permissions)
        log.append(
            EventType.METADATA_MODIFICATION,
            agent=who,
            subject=parts.archive.get(document).original,
            outcome="success",
            detail={"archive_id": archive_id, "permissions": permissions.model_dump(mode="json")},
        )


def enter_case(parts: Parts, record: WrittenDocument | Recording, number: str, who: str) -> set[str]:
    """File or move a record as a person wrote there; gives the cases to judge again."""
    if record.case is not None and record.case.number == normalise(number):
        return set()  # the same number in another spelling
    try:
        return file_under(parts, record, number, by=who, why=_WHY)
    except QuanchengError as error:
        corrections.dispute(parts, record, standing.CASE, number, by=who, why=f"{_WHY}，但{error.sentence.zh}")
        return set()


def _enter_values(parts: Parts, record: WrittenDocument | Recording, merged: Merge, who: str) -> None:
    of_form = isinstance(record, WrittenDocument)
    correct = corrections.correct_document if of_form else corrections.correct_recording
    names = _NAMES if of_form else corrections.RECORDED
    for name, value in _named(merged.pull, names).items():
        try:
            correct(parts, record.archive_id, {name: value}, by=who, why=_WHY)
        except QuanchengError as error:
            corrections.dispute(parts, record, name, value, by=who, why=f"{_WHY}，但{error.sentence.zh}")
    if CustomField.REVIEW in merged.pull:
        left = set(str(merged.pull[CustomField.REVIEW] or "").split("、"))
        checked = [name for name in standing.review_of(record) if name not in left]
        if checked:
            correct(parts, record.archive_id, {}, confirmed=checked, by=who, why=_WHY)
    for overruled in merged.pull.keys() & OF_THE_KIND if of_form else ():
        _doubt_form(parts, record, merged.pull[overruled], who)
    for name, value in _named(merged.disputed, names | _FILED).items():
        corrections.dispute(parts, record, name, value, by=who, why=_WHY)


def _doubt_form(parts: Parts, record: WrittenDocument | Recording, stage: FieldValue | None, who: str) -> None:
    """Who gives a form another stage there doubts what kind of form it is: that is put for review."""
    why = "在 Paperless 中改了环节；环节由文书种类决定，已改回，请核对文书名称。改作"
    corrections.dispute(parts, record, "form", Stage(str(stage)).zh if stage else "", by=who, why=why)


def _named(changes: Mapping[CustomField, FieldValue | None], names: Mapping[CustomField, str]) -> dict[str, str]:
    return {names[field]: str(value or "") for field, value in changes.items() if field in names}
