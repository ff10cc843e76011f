"""What people changed in Paperless-ngx is entered here as corrections, with who and when (0005)."""

from collections.abc import Callable, Collection, Mapping, Sequence

from django.db import transaction
from django.db.models import Q

from quancheng_plugin.errors import QuanchengError
from quancheng_plugin.forms.numbers import normalise
from quancheng_plugin.forms.stages import Stage
from quancheng_sidecar.archive.fields import CustomField, FieldValue
from quancheng_sidecar.archive.paperless.history import Editor
from quancheng_sidecar.archive.paperless.merging import Merge
from quancheng_sidecar.archive.permissions import Permissions
from quancheng_sidecar.archive.port import DocumentId
from quancheng_sidecar.collect import corrections, standing
from quancheng_sidecar.collect.filing import file_under
from quancheng_sidecar.collect.models import Correction, Recording, WrittenDocument
from quancheng_sidecar.core.event import EventType
from quancheng_sidecar.preserve import log
from quancheng_sidecar.wiring import Parts

EditorOf = Callable[[CustomField], Editor]
"""Who changed a field there, and when."""

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


def enter(parts: Parts, archive_id: str, merged: Merge, editor_of: EditorOf) -> set[str]:
    """Enter as corrections what a person changed there; what cannot be entered is disputed, never overwritten."""
    cases = set[str]()
    for kind in (WrittenDocument, Recording):
        record = kind.objects.filter(archive_id=archive_id).select_related("original", "case").first()
        if record is not None:
            _enter_values(parts, record, merged, editor_of)
            if CustomField.CASE_NUMBER in merged.pull:
                number = str(merged.pull[CustomField.CASE_NUMBER] or "")
                cases |= enter_case(parts, record, number, editor_of(CustomField.CASE_NUMBER))
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


def enter_case(parts: Parts, record: WrittenDocument | Recording, number: str, editor: Editor) -> set[str]:
    """File or move a record as a person wrote there; gives the cases to judge again."""
    if record.case is not None and record.case.number == normalise(number):
        return set()  # the same number in another spelling
    try:
        return file_under(parts, record, number, by=editor.name, why=_WHY, at=editor.at)
    except QuanchengError as error:
        _dispute(parts, record, standing.CASE, number, editor, f"{_WHY}，但{error.sentence.zh}")
        return set()


def _enter_values(parts: Parts, record: WrittenDocument | Recording, merged: Merge, editor_of: EditorOf) -> None:
    of_form = isinstance(record, WrittenDocument)
    names = _NAMES if of_form else corrections.RECORDED
    refused = _refused(
        parts, record, [(field, names[field]) for field in merged.pull if field in names], merged, editor_of
    )
    for (field, name), error in refused.items():
        _dispute(parts, record, name, merged.pull[field], editor_of(field), f"{_WHY}，但{error.sentence.zh}")
    if CustomField.REVIEW in merged.pull:
        left = set(str(merged.pull[CustomField.REVIEW] or "").split("、"))
        checked = [name for name in standing.review_of(record) if name not in left]
        if checked:
            _correct(parts, record, {}, editor_of(CustomField.REVIEW), confirmed=checked)
    for overruled in merged.pull.keys() & OF_THE_KIND if of_form else ():
        _doubt_form(parts, record, merged.pull[overruled], editor_of(overruled))
    for field, value in merged.disputed.items():
        if field in names | _FILED:
            _dispute(parts, record, (names | _FILED)[field], value, editor_of(field), _WHY)


_Changes = Collection[tuple[CustomField, str]]
"""Fields that were changed there, each with its name as a correction."""


def _refused(
    parts: Parts, record: WrittenDocument | Recording, changes: _Changes, merged: Merge, editor_of: EditorOf
) -> dict[tuple[CustomField, str], QuanchengError]:
    """Enter what can be entered, each value by who changed it; gives the rest, with why not.

    What was refused is tried again after the others: where both ends of an interval were moved to before its start, the
    end can stand only once the start does.
    """
    refused: dict[tuple[CustomField, str], QuanchengError] = {}
    for field, name in changes:
        try:
            _correct(parts, record, {name: str(merged.pull[field] or "")}, editor_of(field))
        except QuanchengError as error:
            refused[field, name] = error
    if refused and len(refused) < len(changes):
        return _refused(parts, record, refused.keys(), merged, editor_of)
    return refused


def _correct(
    parts: Parts,
    record: WrittenDocument | Recording,
    values: Mapping[str, str],
    editor: Editor,
    *,
    confirmed: Sequence[str] = (),
) -> None:
    of_form = isinstance(record, WrittenDocument)
    correct = corrections.correct_document if of_form else corrections.correct_recording
    correct(parts, record.archive_id, values, confirmed=confirmed, by=editor.name, why=_WHY, at=editor.at)


def _dispute(  # noqa: PLR0913, PLR0917  what, where, who and why of one act
    parts: Parts,
    record: WrittenDocument | Recording,
    name: str,
    value: FieldValue | None,
    editor: Editor,
    why: str,
) -> None:
    corrections.dispute(parts, record, name, str(value or ""), by=editor.name, why=why, at=editor.at)


def _doubt_form(parts: Parts, record: WrittenDocument | Recording, stage: FieldValue | None, editor: Editor) -> None:
    """Who gives a form another stage there doubts what kind of form it is: that is put for review."""
    why = "在 Paperless 中改了环节；环节由文书种类决定，已改回，请核对文书名称。改作"
    _dispute(parts, record, "form", Stage(str(stage)).zh if stage else "", editor, why)
