"""Custom fields of archived documents, typed as Paperless-ngx types them."""

from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple

from quancheng_plugin.forms.stages import Stage
from quancheng_sidecar.core.agreement import Verdict

FieldValue = bool | int | float | date | str
"""What a custom field can hold (links apart). Instants are ISO 8601 text with offset: a date field has no time."""

STRING_MAX = 128
"""Longest value of a field of type string."""

_INT32 = 2**31


class FieldType(StrEnum):
    """Types of custom fields, by their name in Paperless-ngx."""

    STRING = "string"
    LONGTEXT = "longtext"
    URL = "url"
    DATE = "date"
    BOOLEAN = "boolean"
    INTEGER = "integer"
    FLOAT = "float"
    SELECT = "select"
    DOCUMENT_LINK = "documentlink"


class CustomField(StrEnum):
    """Fields that the product keeps with a document; the value is a stable code, `zh` the name that people see."""

    CASE_NUMBER = "case-number"
    FORM_CODE = "form-code"
    FORM_NUMBER = "form-number"  # as read
    FORM_NUMBER_NORMALISED = "form-number-normalised"
    INTERVAL_START = "interval-start"  # ISO 8601 with offset
    INTERVAL_END = "interval-end"
    PARTY = "party"
    SHIP = "ship"
    PLACE = "place"
    STAGE = "stage"
    REVIEW = "review"  # names of what a person must look at, joined by 、
    VERDICT = "verdict"
    SIGNATURE_STATUS = "signature-status"
    RECORDING_DIGEST = "recording-digest"  # sha256:… of the recording that a card stands for
    RECORDING_SM3 = "recording-sm3"
    OFFICER = "officer"
    DEVICE = "device"
    RECORDINGS = "recordings"  # link: form ↔ record card
    DOCUMENTS = "documents"  # link: form ↔ form, such as a receipt and the decision it serves

    @property
    def zh(self) -> str:
        """The field's name as clerks see it."""
        return _SPECS[self].zh

    @property
    def type(self) -> FieldType:
        """The field's type."""
        return _SPECS[self].type

    @property
    def options(self) -> tuple[str, ...]:
        """What a select field may hold; empty for the other types."""
        return _SPECS[self].options


class _Spec(NamedTuple):
    zh: str
    type: FieldType
    options: tuple[str, ...] = ()


VERDICTS = tuple(verdict.value for verdict in Verdict)
"""Codes of the agreement verdicts that a document can carry."""

# What OCR reads may be of any length, so it goes into longtext: a value is never cut to fit.
_SPECS = {
    CustomField.CASE_NUMBER: _Spec("案号", FieldType.STRING),
    CustomField.FORM_CODE: _Spec("文书代码", FieldType.STRING),
    CustomField.FORM_NUMBER: _Spec("文书编号", FieldType.LONGTEXT),
    CustomField.FORM_NUMBER_NORMALISED: _Spec("文书编号（规范）", FieldType.LONGTEXT),
    CustomField.INTERVAL_START: _Spec("开始时间", FieldType.STRING),
    CustomField.INTERVAL_END: _Spec("结束时间", FieldType.STRING),
    CustomField.PARTY: _Spec("当事人", FieldType.LONGTEXT),
    CustomField.SHIP: _Spec("船名号", FieldType.LONGTEXT),
    CustomField.PLACE: _Spec("地点", FieldType.LONGTEXT),
    CustomField.STAGE: _Spec("环节", FieldType.SELECT, tuple(stage.value for stage in Stage)),
    CustomField.REVIEW: _Spec("待核对", FieldType.LONGTEXT),
    CustomField.VERDICT: _Spec("起止时间核对", FieldType.SELECT, VERDICTS),
    CustomField.SIGNATURE_STATUS: _Spec("签名状态", FieldType.STRING),
    CustomField.RECORDING_DIGEST: _Spec("声像资料摘要", FieldType.STRING),
    CustomField.RECORDING_SM3: _Spec("声像资料摘要（SM3）", FieldType.STRING),
    CustomField.OFFICER: _Spec("执法人员", FieldType.LONGTEXT),
    CustomField.DEVICE: _Spec("设备编号", FieldType.LONGTEXT),
    CustomField.RECORDINGS: _Spec("文书与声像资料关联", FieldType.DOCUMENT_LINK),
    CustomField.DOCUMENTS: _Spec("文书关联", FieldType.DOCUMENT_LINK),
}

_TYPES: dict[FieldType, tuple[type, ...]] = {
    FieldType.STRING: (str,),
    FieldType.LONGTEXT: (str,),
    FieldType.URL: (str,),
    FieldType.SELECT: (str,),
    FieldType.DATE: (date,),
    FieldType.BOOLEAN: (bool,),
    FieldType.INTEGER: (int,),
    FieldType.FLOAT: (float, int),
}


def option_label(field: CustomField, code: str) -> str:
    """What people see of a select field's option."""
    return Stage(code).zh if field is CustomField.STAGE else Verdict(code).zh


def field_text(field: CustomField, value: FieldValue) -> str:
    """The value as people read and search it."""
    return option_label(field, str(value)) if field.type is FieldType.SELECT else str(value)


def checked_fields(fields: Mapping[CustomField, FieldValue]) -> None:
    """Raise ValueError, in words, for the first value that its field cannot hold."""
    for field, value in fields.items():
        problem = _problem(field, value)
        if problem:
            raise ValueError(f"字段“{field.zh}”{problem}")


def _problem(field: CustomField, value: FieldValue) -> str | None:
    kind = field.type
    if kind is FieldType.DOCUMENT_LINK:
        return "是关联字段，应使用关联操作。"
    # bool is an int and datetime a date in Python; in a field they are not.
    wrong_subtype = (isinstance(value, bool) and kind is not FieldType.BOOLEAN) or isinstance(value, datetime)
    if wrong_subtype or not isinstance(value, _TYPES[kind]):
        return f"的类型应为 {kind.value}。"
    if kind is FieldType.STRING and len(str(value)) > STRING_MAX:
        return f"超过 {STRING_MAX} 个字符。"
    if kind is FieldType.INTEGER and not -_INT32 <= int(value) < _INT32:  # type: ignore[arg-type]  # an int by now
        return "超出 32 位整数的范围。"
    if kind is FieldType.SELECT and value not in field.options:
        return f"只能取：{'、'.join(field.options)}。"
    return None
