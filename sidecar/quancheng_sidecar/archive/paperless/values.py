"""Field values as Paperless writes them, and back: select options by id, dates as text, links by document id."""

from collections.abc import Mapping
from datetime import date

from quancheng_sidecar.archive.fields import CustomField, FieldType, FieldValue, option_label
from quancheng_sidecar.archive.paperless.remote import RemoteField, RemoteValue
from quancheng_sidecar.archive.paperless.session import PaperlessUnset


class Fields:
    """The custom fields there, matched with ours by name and type; raises `PaperlessUnset` for one that is missing."""

    def __init__(self, remote: Mapping[str, RemoteField]) -> None:
        self._remote = {}
        for field in CustomField:
            found = remote.get(field.zh)
            if found is None or found.type != field.type.value:
                raise PaperlessUnset(
                    zh=f"Paperless 中缺少字段“{field.zh}”（{field.type.value}）。请运行 quancheng paperless setup。",
                    en=f"Paperless lacks the custom field “{field.zh}” ({field.type.value}). "
                    "Run `quancheng paperless setup`.",
                )
            self._remote[field] = found
        self._ours = {found.id: field for field, found in self._remote.items()}

    def id(self, field: CustomField) -> int:
        """The field's id there."""
        return self._remote[field].id

    def to_remote(self, field: CustomField, value: FieldValue) -> RemoteValue:
        """A value of ours as Paperless takes it."""
        if field.type is FieldType.SELECT:
            return self._remote[field].options.get(option_label(field, str(value)))
        return value.isoformat() if isinstance(value, date) else value

    def values(self, remote: Mapping[int, RemoteValue]) -> dict[CustomField, FieldValue]:
        """The values that a document there has in fields of ours, empty ones and links apart."""
        own = {self._ours[identifier]: value for identifier, value in remote.items() if identifier in self._ours}
        values = {field: self._from_remote(field, value) for field, value in own.items() if value not in (None, "", [])}
        return {field: value for field, value in values.items() if value is not None}

    def links(self, remote: Mapping[int, RemoteValue], field: CustomField) -> list[int]:
        """What a document there is linked to by a link field."""
        value = remote.get(self.id(field))
        return [int(each) for each in value] if isinstance(value, list) else []

    def _from_remote(self, field: CustomField, value: RemoteValue) -> FieldValue | None:
        if field.type is FieldType.DOCUMENT_LINK or isinstance(value, list):
            return None
        if field.type is FieldType.SELECT:
            labels = {identifier: label for label, identifier in self._remote[field].options.items()}
            codes = {option_label(field, code): code for code in field.options}
            return codes.get(labels.get(str(value), ""))
        return date.fromisoformat(str(value)) if field.type is FieldType.DATE else value
