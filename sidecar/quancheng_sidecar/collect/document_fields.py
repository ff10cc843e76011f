"""What the archive shows of a form, by its custom fields."""

from quancheng_plugin.forms.reading import FormReading
from quancheng_sidecar.archive.fields import CustomField, FieldValue

# Fields of the reader that the archive keeps under a name of its own.
_NAMED = {"ship": CustomField.SHIP, "place": CustomField.PLACE}


def fields_of(reading: FormReading) -> dict[CustomField, FieldValue]:
    """The archive's custom fields for what was read; a value under review is not entered as a fact."""
    values: dict[CustomField, FieldValue] = {CustomField.REVIEW: "、".join(reading.review)}
    if reading.form:
        values[CustomField.FORM_CODE] = reading.form.code
        if reading.form.stage:
            values[CustomField.STAGE] = reading.form.stage
    if reading.number:
        values[CustomField.FORM_NUMBER] = reading.number.raw
        values[CustomField.FORM_NUMBER_NORMALISED] = reading.number.normalised
    if reading.interval and reading.interval.start:
        values[CustomField.INTERVAL_START] = reading.interval.start.isoformat()
    if reading.interval and reading.interval.end:
        values[CustomField.INTERVAL_END] = reading.interval.end.isoformat()
    if reading.party:
        values[CustomField.PARTY] = reading.party.value
    values |= {field: reading.fields[name].value for name, field in _NAMED.items() if name in reading.fields}
    return {field: value for field, value in values.items() if not _under_review(field, reading)}


def _under_review(field: CustomField, reading: FormReading) -> bool:
    parts = {
        CustomField.FORM_CODE: "form",
        CustomField.STAGE: "form",
        CustomField.FORM_NUMBER: "number",
        CustomField.FORM_NUMBER_NORMALISED: "number",
        CustomField.INTERVAL_START: "interval",
        CustomField.INTERVAL_END: "interval",
    }
    return parts.get(field, field.value) in reading.review
