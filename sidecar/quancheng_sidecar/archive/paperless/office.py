"""What the product keeps in Paperless-ngx, as data: fields, kinds of document, tags, roles, workflows, views.

Nothing here assigns a value over one that is there: workflows only put on and take off the product's own tags.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from quancheng_plugin.forms.catalogue import catalogue
from quancheng_plugin.host.failing import TAG as FAILED
from quancheng_plugin.settings import PluginSettings
from quancheng_sidecar.archive.fields import CustomField, FieldType, option_label
from quancheng_sidecar.archive.paperless.roles import ROLES
from quancheng_sidecar.archive.port import DocumentKind
from quancheng_sidecar.core.agreement import Verdict

Body = Mapping[str, object]


class Kind(StrEnum):
    """Kinds of object that Paperless keeps, by the last part of their address in its API, in the order of making."""

    FIELD = "custom_fields"
    DOCUMENT_TYPE = "document_types"
    TAG = "tags"
    GROUP = "groups"
    STORAGE_PATH = "storage_paths"
    WORKFLOW = "workflows"
    VIEW = "saved_views"

    @property
    def zh(self) -> str:
        """The kind as Paperless' Chinese page names it."""
        return _KINDS[self][0]

    @property
    def right(self) -> str:
        """What Paperless' permissions for it end in."""
        return _KINDS[self][1]


_KINDS = {
    Kind.FIELD: ("自定义字段", "customfield"),
    Kind.DOCUMENT_TYPE: ("文档类型", "documenttype"),
    Kind.TAG: ("标签", "tag"),
    Kind.GROUP: ("用户组", "group"),
    Kind.STORAGE_PATH: ("存储路径", "storagepath"),
    Kind.WORKFLOW: ("工作流", "workflow"),
    Kind.VIEW: ("保存的视图", "savedview"),
}


class NotThere(Exception):
    """What another object is to name is not there: it is in conflict, or was refused."""


class Known(Protocol):
    """Ids of what is there by now; both raise `NotThere` for what is not."""

    def id(self, kind: Kind, key: str) -> int:
        """Id of an object of ours."""
        ...

    def option(self, field: CustomField, code: str) -> str:
        """Id of an option of a select field of ours."""
        ...


@dataclass(frozen=True)
class Piece:
    """One object: `key` is ours and stable, `name` what people see, `body` how it is made, without its name."""

    kind: Kind
    key: str
    name: str
    body: Callable[[Known], Body]


_Query = Callable[[Known, CustomField], str]


class Tag(StrEnum):
    """Tags of the product."""

    REVIEW = "review"
    UNFILED = "unfiled"
    RECORDING = "recording"
    FAILED = "failed"

    @property
    def zh(self) -> str:
        """The tag as people see it."""
        return _TAGS[self][0]


_TAGS = {
    Tag.REVIEW: ("待核对", "#e67e22"),
    Tag.UNFILED: ("待归案", "#f1c40f"),
    Tag.RECORDING: ("声像资料", "#2980b9"),
    Tag.FAILED: (FAILED, "#c0392b"),
}

STORAGE_PATH = "case"
"""Key of the storage path: year, case, title; what is longer than a file system takes is cut."""
STORAGE_PATH_NAME = "全程：按年度和案号"

_PATH = (
    "{{ created_year }}/"
    f'{{{{ (custom_fields|get_cf_value("{CustomField.CASE_NUMBER.zh}", "未归案"))[:60]|replace("/", "-") }}}}/'
    "{{ title[:60] }}"
)
_UNMATCHED = {"match": "", "matching_algorithm": 0, "is_insensitive": True, "owner": None}
"""Never assigned by Paperless' own matching; without owner, so that everyone may use it."""

_ADDED, _UPDATED = 2, 3
_ASSIGN, _REMOVE = 1, 2
_EVERY_SOURCE = [1, 2, 3, 4]
_HAS_ANY_OF_TAGS, _FIELD_QUERY = 22, 42


def office(settings: PluginSettings) -> tuple[Piece, ...]:
    """Everything, in the order of making: later pieces name the ids of earlier ones."""
    return (*_fields(), *_document_types(settings), *_tags(), *_groups(), _storage_path(), *_workflows(), *_views())


def _field_body(field: CustomField) -> Body:
    body: dict[str, object] = {"data_type": field.type.value}
    if field.type is FieldType.SELECT:
        body["extra_data"] = {"select_options": [{"label": option_label(field, code)} for code in field.options]}
    return body


def _always(body: Body) -> Callable[[Known], Body]:
    """The body of what names no other object."""
    return lambda _: body


def _fields() -> Iterator[Piece]:
    for field in CustomField:
        yield Piece(Kind.FIELD, field.value, field.zh, _always(_field_body(field)))


def _document_types(settings: PluginSettings) -> Iterator[Piece]:
    for form in catalogue(settings).forms:
        yield Piece(Kind.DOCUMENT_TYPE, form.code, form.name, _always(_UNMATCHED))
    card = DocumentKind.RECORD_CARD
    yield Piece(Kind.DOCUMENT_TYPE, card.value, card.zh, _always(_UNMATCHED))


def _tags() -> Iterator[Piece]:
    for tag, (name, colour) in _TAGS.items():
        body = {"color": colour, "is_inbox_tag": False, **_UNMATCHED}
        yield Piece(Kind.TAG, tag.value, name, _always(body))


def _groups() -> Iterator[Piece]:
    for role in ROLES:
        yield Piece(Kind.GROUP, role.key, role.group, _always({"permissions": sorted(role.rights)}))


def _storage_path() -> Piece:
    return Piece(Kind.STORAGE_PATH, STORAGE_PATH, STORAGE_PATH_NAME, _always({"path": _PATH, **_UNMATCHED}))


def _workflows() -> Iterator[Piece]:
    """Tags that follow a field: 待归案 while there is no case number, 待核对 while a person must look at something."""
    case, review = CustomField.CASE_NUMBER, CustomField.REVIEW
    yield _workflow("unfiled-on", "全程：没有案号，加“待归案”", _putting_on(Tag.UNFILED, _without, case))
    yield _workflow("unfiled-off", "全程：有了案号，取下“待归案”", _taking_off(Tag.UNFILED, _with, case))
    yield _workflow("review-on", "全程：有待核对内容，加“待核对”", _putting_on(Tag.REVIEW, _with, review))
    yield _workflow("review-off", "全程：核对完毕，取下“待核对”", _taking_off(Tag.REVIEW, _without, review))


def _workflow(key: str, name: str, body: Callable[[Known], Body]) -> Piece:
    return Piece(Kind.WORKFLOW, key, name, body)


def _putting_on(tag: Tag, query: _Query, field: CustomField) -> Callable[[Known], Body]:
    def body(known: Known) -> Body:
        tags = [known.id(Kind.TAG, tag)]
        trigger = {**_trigger(query(known, field)), "filter_has_not_tags": tags}
        triggers = [{"type": _ADDED, **trigger}, {"type": _UPDATED, **trigger}]
        return {"enabled": True, "triggers": triggers, "actions": [{"type": _ASSIGN, "assign_tags": tags}]}

    return body


def _taking_off(tag: Tag, query: _Query, field: CustomField) -> Callable[[Known], Body]:
    def body(known: Known) -> Body:
        tags = [known.id(Kind.TAG, tag)]
        trigger = {"type": _UPDATED, **_trigger(query(known, field)), "filter_has_tags": tags}
        return {"enabled": True, "triggers": [trigger], "actions": [{"type": _REMOVE, "remove_tags": tags}]}

    return body


def _trigger(query: str) -> Body:
    return {"sources": _EVERY_SOURCE, "matching_algorithm": 0, "filter_custom_field_query": query}


def _with(known: Known, field: CustomField) -> str:
    """A query for documents whose text field is filled."""
    held = known.id(Kind.FIELD, field)
    return json.dumps(["AND", [[held, "isnull", False], ["NOT", [held, "exact", ""]]]])


def _without(known: Known, field: CustomField) -> str:
    """A query for documents whose text field is not there, or empty."""
    held = known.id(Kind.FIELD, field)
    return json.dumps(["OR", [[held, "exists", False], [held, "isnull", True], [held, "exact", ""]]])


def _disagreeing(known: Known, field: CustomField) -> str:
    """A query for documents with any verdict but agreement."""
    others = [known.option(field, code) for code in field.options if code != Verdict.AGREES]
    return json.dumps([known.id(Kind.FIELD, field), "in", others])


def _views() -> Iterator[Piece]:
    written = (CustomField.CASE_NUMBER, CustomField.INTERVAL_START, CustomField.INTERVAL_END)
    recorded = (*written, CustomField.OFFICER, CustomField.DEVICE)
    yield _view("review", "待核对", lambda known: (_FIELD_QUERY, _with(known, CustomField.REVIEW)), CustomField.REVIEW)
    yield _view("unfiled", "待归案", _tagged(Tag.UNFILED))
    yield _view("recordings", "声像资料", _tagged(Tag.RECORDING), *recorded)
    yield _view(
        "disagreeing",
        "起止时间待处理",
        lambda known: (_FIELD_QUERY, _disagreeing(known, CustomField.VERDICT)),
        CustomField.VERDICT,
        *written,
    )
    yield _view("failed", "全程未处理", _tagged(Tag.FAILED))


def _tagged(tag: Tag) -> Callable[[Known], tuple[int, str]]:
    return lambda known: (_HAS_ANY_OF_TAGS, str(known.id(Kind.TAG, tag)))


def _view(key: str, name: str, rule: Callable[[Known], tuple[int, str]], *columns: CustomField) -> Piece:
    def body(known: Known) -> Body:
        rule_type, value = rule(known)
        shown = [f"custom_field_{known.id(Kind.FIELD, column)}" for column in columns]
        return {
            "owner": None,
            "sort_field": "added",
            "sort_reverse": True,
            "display_mode": "table",
            "display_fields": ["title", "documenttype", *shown, "tag", "created"],
            "filter_rules": [{"rule_type": rule_type, "value": value}],
        }

    return Piece(Kind.VIEW, key, name, body)
