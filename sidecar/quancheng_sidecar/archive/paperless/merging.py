"""Three-way merge of a document's fields: what both sides last agreed on, ours, and theirs (decision 0005)."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from quancheng_sidecar.archive.fields import CustomField, FieldValue
from quancheng_sidecar.archive.permissions import Permissions

Fields = Mapping[CustomField, FieldValue]

OURS = frozenset(
    {
        CustomField.VERDICT,
        CustomField.SIGNATURE_STATUS,
        CustomField.RECORDING_DIGEST,
        CustomField.RECORDING_SM3,
        CustomField.FORM_NUMBER,
        CustomField.FORM_CODE,
    }
)
"""What only the product states: a verdict or digest changed by hand there is set right again."""


@dataclass(frozen=True)
class Merge:
    """`push` is to be set there, `pull` to be entered here, both with None for a value that is gone.

    `disputed` was changed by people on both sides: each side keeps its own. `permissions` were set there by a person.
    """

    push: Mapping[CustomField, FieldValue | None]
    pull: Mapping[CustomField, FieldValue | None]
    disputed: Mapping[CustomField, FieldValue | None]
    permissions: Permissions | None = None

    @property
    def asks(self) -> bool:
        """Whether something is to be entered here."""
        return bool(self.pull or self.disputed or self.permissions)


def merge(base: Fields, ours: Fields, theirs: Fields, *, by_person: Collection[CustomField] = ()) -> Merge:
    """What must happen so that both sides agree again.

    Changed here alone: pushed. Changed there alone: pulled. Changed on both: a person's value there goes before
    a machine's here; where a person entered ours too (`by_person`), it is disputed. Applying the result and
    merging again changes nothing.
    """
    push: dict[CustomField, FieldValue | None] = {}
    pull: dict[CustomField, FieldValue | None] = {}
    disputed: dict[CustomField, FieldValue | None] = {}
    for field in sorted(base.keys() | ours.keys() | theirs.keys()):
        here, there, agreed = ours.get(field), theirs.get(field), base.get(field)
        if here == there:
            continue
        if there == agreed or field in OURS:
            push[field] = here
        elif here == agreed or field not in by_person:
            pull[field] = there
        else:
            disputed[field] = there
    return Merge(push, pull, disputed)


def merge_links(base: Collection[int], ours: Collection[int], theirs: Collection[int]) -> list[int]:
    """The links that both sides shall have: theirs, with what was linked or unlinked here since they last agreed."""
    return sorted((set(theirs) | set(ours)) - (set(base) - set(ours)))
