"""Who may see a document and who may change it: everyone whose role lets them, or only some (Art. 7, 13)."""

from collections.abc import Iterable
from typing import Self

from pydantic import BaseModel, ConfigDict, field_serializer, model_validator


class Circle(BaseModel):
    """People, by the names of their accounts and of their groups."""

    model_config = ConfigDict(frozen=True)

    accounts: frozenset[str] = frozenset()
    groups: frozenset[str] = frozenset()

    @field_serializer("accounts", "groups")
    def _in_order(self, names: frozenset[str]) -> list[str]:
        return sorted(names)

    def __and__(self, other: "Circle") -> "Circle":
        """Whom both name. A member of a group that only the other names is not among them: rather one too few."""
        return Circle(accounts=self.accounts & other.accounts, groups=self.groups & other.groups)

    def __or__(self, other: "Circle") -> "Circle":
        """Whom either names."""
        return Circle(accounts=self.accounts | other.accounts, groups=self.groups | other.groups)


class Permissions(BaseModel):
    """可见范围: who may see a document, and who of them may change it, as far as their role lets them at all.

    Both None: everyone. A document is narrowed to some in both respects or in none, as in Paperless-ngx, where it
    is the owner that closes it. Raises ValueError otherwise, and when somebody might change what they may not see.
    """

    model_config = ConfigDict(frozen=True)

    view: Circle | None = None
    change: Circle | None = None

    @model_validator(mode="after")
    def _fit_together(self) -> Self:
        if (self.view is None) != (self.change is None):
            raise ValueError("查看和修改的范围须同时限定，或都不限定。")
        if self.view is not None and self.change is not None and self.view | self.change != self.view:
            raise ValueError("可以修改的人必须也可以查看。")
        return self


EVERYONE = Permissions()
"""Not narrowed."""


def common(several: Iterable[Permissions]) -> Permissions:
    """What all of them let people do; everyone where there are none."""
    result = EVERYONE
    for each in several:
        if result.view is None or result.change is None:
            result = each
        elif each.view is not None and each.change is not None:
            result = Permissions(view=result.view & each.view, change=result.change & each.change)
    return result
