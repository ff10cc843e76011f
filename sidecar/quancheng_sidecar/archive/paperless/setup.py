"""`quancheng paperless setup`: what the product needs is made in a Paperless-ngx, once; nothing else is touched."""

from collections.abc import Callable, Mapping, Sequence

from pydantic import BaseModel, ConfigDict

from quancheng_plugin.sentence import Sentence
from quancheng_sidecar.archive.fields import CustomField
from quancheng_sidecar.archive.paperless.comparing import Action, Decision, decide, missing_options
from quancheng_sidecar.archive.paperless.ledger import Ledger, ledger
from quancheng_sidecar.archive.paperless.office import Kind, NotThere, Piece
from quancheng_sidecar.archive.paperless.registry import Object, Registry
from quancheng_sidecar.archive.paperless.session import PaperlessRefused, PaperlessUnauthorised
from quancheng_sidecar.archive.paperless.there import There, options_of
from quancheng_sidecar.settings import Settings

CONFLICT = "QC-PAPERLESS-CONFLICT"
"""Code of an object that is there in another shape; a person has to decide."""


class SetupItem(BaseModel):
    """One object, and what was done with it or would be. `code` and `why` are there where a person has to act."""

    model_config = ConfigDict(frozen=True)

    kind: Kind
    key: str
    name: str
    action: Action
    id: int | None = None
    code: str | None = None
    why: Sentence | None = None


class SetupReport(BaseModel):
    """What setup did at this address, or with `dry_run` would do; objects in the order of making."""

    model_config = ConfigDict(frozen=True)

    url: str
    version: str
    dry_run: bool
    items: tuple[SetupItem, ...]

    @property
    def settled(self) -> bool:
        """Whether no person has to act."""
        return all(item.code is None for item in self.items)


def set_up(
    registry: Registry,
    pieces: Sequence[Piece],
    settings: Settings,
    *,
    dry_run: bool = False,
    told: Callable[[], None] = lambda: None,
) -> SetupReport:
    """Make what is not there yet of `pieces` (see `office`); `told` is called after each object.

    Can be run again, and from two places at once. Raises `PaperlessUnauthorised` before anything is made when the
    account lacks a right, and what the registry raises.
    """
    _require_rights(registry)
    items = []
    with ledger(settings, registry.url) as made:
        held = {kind: registry.objects(kind) for kind in Kind}
        working = _Working(registry, made, held, dry_run=dry_run)
        for piece in pieces:
            items.append(working.settle(piece))
            told()
    return SetupReport(url=registry.url, version=registry.greeting.version, dry_run=dry_run, items=tuple(items))


def needed_rights() -> tuple[str, ...]:
    """Rights of Paperless that setup needs."""
    listing = [f"{verb}_{kind.right}" for kind in Kind for verb in ("view", "add")]
    return (*listing, f"change_{Kind.FIELD.right}")


class _Working:
    """One run over all pieces."""

    def __init__(
        self, registry: Registry, made: Ledger, held: Mapping[Kind, Sequence[Object]], *, dry_run: bool
    ) -> None:
        self._registry = registry
        self._made = made
        self._held = held
        self._dry_run = dry_run
        self._there = There()

    def settle(self, piece: Piece) -> SetupItem:
        """Do what is to be done with one piece. A refusal of Paperless is told beside it and stops nothing else."""
        decision = decide(piece, self._held[piece.kind], self._made.made(piece.kind, piece.key), self._there)
        if decision.action is Action.CONFLICT:
            return _item(piece, decision.action, why=decision.why, code=CONFLICT)
        try:
            found = self._carry_out(piece, decision)
        except NotThere:
            return _item(piece, Action.CONFLICT, why=_waits(piece), code=CONFLICT)
        except PaperlessRefused as error:
            return _item(piece, Action.REFUSED, why=error.sentence, code=error.code)
        return _item(piece, decision.action, identifier=found["id"] if found else None)

    def _carry_out(self, piece: Piece, decision: Decision) -> Object | None:
        """The object afterwards; None where a dry run would make it. Raises `NotThere`."""
        found = decision.found
        body = piece.body(self._there) if found is None else {}
        if self._dry_run and decision.action is not Action.KEEP:
            self._there.suppose(piece)
            return found
        if found is None:
            found = self._registry.make(piece.kind, piece.name, body)
            self._made.note(piece.kind, piece.key, found["id"])
        elif decision.action is Action.EXTEND:
            found = self._extend(CustomField(piece.key), found)
        self._there.enter(piece, found)
        return found

    def _extend(self, field: CustomField, found: Object) -> Object:
        """Add options behind those that are there; these keep their ids, so that values in documents stay."""
        options = [*options_of(found), *({"label": label} for label in missing_options(field, found))]
        return self._registry.change(Kind.FIELD, found["id"], {"extra_data": {"select_options": options}})


def _item(
    piece: Piece, action: Action, *, identifier: int | None = None, why: Sentence | None = None, code: str | None = None
) -> SetupItem:
    return SetupItem(kind=piece.kind, key=piece.key, name=piece.name, action=action, id=identifier, code=code, why=why)


def _waits(piece: Piece) -> Sentence:
    return Sentence(
        zh=f"{piece.kind.zh}“{piece.name}”要用到上面有冲突的内容，暂不建立。"
        "请先解决那些冲突，再运行 quancheng paperless setup。",
        en=f"“{piece.name}” needs what is in conflict above and is not made yet. Settle that, then run "
        "`quancheng paperless setup` again.",
    )


def _require_rights(registry: Registry) -> None:
    account = registry.account()
    lacking = account.lacks(*needed_rights())
    if lacking:
        raise PaperlessUnauthorised(
            zh=f"令牌的账号“{account.name}”缺少权限：{'、'.join(lacking)}。"
            "请由 Paperless 的超级用户授予，或换用超级用户的令牌运行 setup。什么都没有改动。",
            en=f"The token's account “{account.name}” lacks the rights {', '.join(lacking)}. Have a superuser "
            "of Paperless grant them, or run setup with a superuser's token. Nothing was changed.",
        )
