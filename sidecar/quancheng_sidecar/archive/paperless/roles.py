"""The seven roles as groups of Paperless-ngx, and what each may do there and here (domain: people; Art. 7, 10-12, 14).

No role may delete: expiry never deletes by itself (Art. 8). Groups carry the product's name, so that membership of a
group that an office already has never gives a role by accident.
"""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """Who works with records."""

    CLERK = "clerk"  # 文书
    OFFICER = "officer"  # 执法人员
    CUSTODIAN = "custodian"  # 保管员
    LEADER = "leader"  # 分管领导
    LEGAL = "legal"  # 法制人员
    OUTSIDE = "outside"  # 委托机关、外单位
    INSPECTOR = "inspector"  # 检查考核


@dataclass(frozen=True)
class RoleGroup:
    """A role, the name of its group in Paperless, and the group's rights by their names there."""

    role: Role
    zh: str
    rights: frozenset[str]

    @property
    def key(self) -> str:
        """The role's code."""
        return self.role.value

    @property
    def group(self) -> str:
        """Name of the group in Paperless."""
        return f"全程-{self.zh}"


SIGN_IN = frozenset({"view_uisettings"})
"""What Paperless asks of everyone who opens its page or signs in here with its account."""

_OWN_SETTINGS = SIGN_IN | {"add_uisettings", "change_uisettings"}
_READING = _OWN_SETTINGS | {
    f"view_{what}"
    for what in ("document", "tag", "correspondent", "documenttype", "storagepath", "savedview", "customfield", "note")
}
_HANDING_IN = frozenset({"add_document", "view_paperlesstask", "change_paperlesstask"})
_CORRECTING = frozenset({"change_document", "add_note", "change_note"})
_TRACING = frozenset({"view_logentry", "view_user", "view_group"})

ROLES = (
    RoleGroup(Role.CLERK, "文书", _READING | _HANDING_IN | _CORRECTING),
    RoleGroup(Role.OFFICER, "执法人员", _READING | _HANDING_IN | {"add_note"}),
    RoleGroup(Role.CUSTODIAN, "保管员", _READING | _HANDING_IN | _CORRECTING | _TRACING),
    RoleGroup(Role.LEADER, "分管领导", _READING | _TRACING | {"add_note"}),
    RoleGroup(Role.LEGAL, "法制人员", _READING | _TRACING | {"add_note"}),
    # Whoever may view documents sees all that have no owner; an outside body gets copies through the custodian alone.
    RoleGroup(Role.OUTSIDE, "外单位", SIGN_IN),
    RoleGroup(Role.INSPECTOR, "检查考核", _READING | _TRACING | {"view_global_statistics"}),
)


HANDING_IN = frozenset(each.group for each in ROLES if each.rights >= _HANDING_IN)
"""Groups whose members hand records in."""


class Act(StrEnum):
    """What a person may ask of the sidecar itself, by its pages."""

    SEARCH = "search"  # 查询
    HAND_IN = "hand-in"  # 移交

    @property
    def zh(self) -> str:
        """The act as people read it."""
        return {"search": "查询", "hand-in": "上传文件"}[self.value]


_MAY = {
    # An outside body is given what it asks for by the custodian, and searches nothing itself (Art. 11).
    Act.SEARCH: frozenset(Role) - {Role.OUTSIDE},
    Act.HAND_IN: frozenset(each.role for each in ROLES if each.rights >= _HANDING_IN),
}


def may(roles: Collection[Role], act: Act) -> bool:
    """Whether someone with these roles may do this; one role that may is enough, and without a role nobody may."""
    return not _MAY[act].isdisjoint(roles)


def groups_for(act: Act) -> tuple[str, ...]:
    """Names of the groups in Paperless whose members may do this."""
    return tuple(group.group for group in ROLES if group.role in _MAY[act])
