"""What is there by now in a Paperless-ngx of what the product keeps, by its own keys."""

from quancheng_sidecar.archive.fields import CustomField, option_label
from quancheng_sidecar.archive.paperless.office import Kind, NotThere, Piece
from quancheng_sidecar.archive.paperless.registry import Object

_UNKNOWN_YET = 0
"""Stands for the id of what a dry run does not make."""


class There:
    """What is there by now, by our own keys."""

    def __init__(self) -> None:
        self._ids: dict[tuple[Kind, str], int] = {}
        self._options: dict[tuple[CustomField, str], str] = {}

    def id(self, kind: Kind, key: str) -> int:
        """Id of an object of ours; raises `NotThere`."""
        if (kind, key) not in self._ids:
            raise NotThere(kind, key)
        return self._ids[kind, key]

    def option(self, field: CustomField, code: str) -> str:
        """Id of an option of a select field of ours; raises `NotThere`."""
        if (field, code) not in self._options:
            raise NotThere(field, code)
        return self._options[field, code]

    def enter(self, piece: Piece, found: Object) -> None:
        """Note an object that is there."""
        self._ids[piece.kind, piece.key] = found["id"]
        if piece.kind is Kind.FIELD:
            field = CustomField(piece.key)
            ids = {each["label"]: each["id"] for each in options_of(found)}
            labels = {code: option_label(field, code) for code in field.options}
            self._options |= {(field, code): ids[label] for code, label in labels.items() if label in ids}

    def suppose(self, piece: Piece) -> None:
        """Note an object that would be there by now with all its options, were this no dry run."""
        self._ids[piece.kind, piece.key] = _UNKNOWN_YET
        if piece.kind is Kind.FIELD:
            self._options |= {(CustomField(piece.key), code): "" for code in CustomField(piece.key).options}


def options_of(found: Object) -> list[Object]:
    """The options of a select field, each with `label` and `id`."""
    return [option for option in (found["extra_data"] or {}).get("select_options") or [] if option]
