"""`quancheng paperless check`: what of a Paperless-ngx is right, what is wrong and what to do, what cannot be known."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import chain

from pydantic import BaseModel, ConfigDict

from quancheng_plugin.findings import Severity
from quancheng_plugin.sentence import Sentence
from quancheng_sidecar.archive.paperless.comparing import Action
from quancheng_sidecar.archive.paperless.looking import Seen
from quancheng_sidecar.archive.paperless.office import Kind
from quancheng_sidecar.archive.paperless.plugin_state import events, plugin, plugin_app, shared_secret
from quancheng_sidecar.archive.paperless.registry import Account
from quancheng_sidecar.archive.paperless.server_state import server_state, settings_in_the_way
from quancheng_sidecar.archive.paperless.session import Greeting
from quancheng_sidecar.archive.paperless.told import CheckItem, right, unknown, wrong

_SIGNATURE_WINDOW_S = 300
"""Events signed earlier or later than this are refused (decision 0005)."""
_CLOCK_HIGH_S = 240
_CLOCK_TOLERANCE_S = 5

_WORKING_RIGHTS = (
    "view_document",
    "add_document",
    "change_document",
    "view_customfield",
    "view_paperlesstask",
    "view_logentry",
    "view_user",
    "view_group",
)
_NAMED = 6
"""How many missing objects of a kind are named; `setup --dry-run` lists all."""
_SETUP = Sentence(zh="请运行 quancheng paperless setup。", en="Run `quancheng paperless setup`.")


class CheckReport(BaseModel):
    """All that was looked at: server, account, what the product keeps there, plugin, events, clock."""

    model_config = ConfigDict(frozen=True)

    url: str
    version: str
    account: str | None
    items: tuple[CheckItem, ...]

    @property
    def sound(self) -> bool:
        """Whether nothing was found that keeps the product from working."""
        return not any(item.severity is Severity.HIGH for item in self.items)


def judge(seen: Seen) -> CheckReport:
    """Judge what was seen. Pure: the same sight gives the same report."""
    version = seen.greeting.version
    items = chain(
        [right("paperless-version", f"Paperless-ngx {version}", f"Paperless-ngx {version}")],
        _account(seen.account),
        *(_kind(kind, seen) for kind in Kind),
        [plugin(seen.plugin), plugin_app(seen.app), shared_secret(seen.app, has_secret=seen.has_secret)],
        [events(seen.last_event), _clock(seen.greeting)],
        server_state(seen.status),
        settings_in_the_way(seen.config),
    )
    account = seen.account.name if seen.account else None
    return CheckReport(url=seen.url, version=version, account=account, items=tuple(items))


def _account(account: Account | None) -> Iterator[CheckItem]:
    lacking = account.lacks(*_WORKING_RIGHTS) if account else ("view_uisettings",)
    if lacking:
        yield wrong(
            "paperless-rights",
            Severity.HIGH,
            Sentence(
                zh=f"令牌的账号缺少权限：{'、'.join(lacking)}", en=f"The token's account lacks {', '.join(lacking)}"
            ),
            Sentence(
                zh="请由超级用户在“设置 → 用户与用户组”授予，或换用超级用户的令牌。",
                en="Have a superuser grant them on the users page, or use a superuser's token.",
            ),
        )
    elif account and not account.superuser:
        yield wrong(
            "paperless-rights",
            Severity.MEDIUM,
            Sentence(
                zh=f"账号“{account.name}”不是超级用户：归他人所有、又没有共享给它的文书，本系统看不到。",
                en=f"“{account.name}” is no superuser: documents that others own and do not share stay unseen.",
            ),
            Sentence(
                zh="请为本系统单设一个超级用户账号，或保证所有文书都共享给这个账号。",
                en="Give the product a superuser account of its own, or share all documents with this one.",
            ),
        )
    elif account:
        yield right("paperless-rights", f"账号“{account.name}”权限齐全", f"“{account.name}” has all rights")
    if account and not account.audited:
        yield wrong(
            "paperless-audit",
            Severity.MEDIUM,
            Sentence(
                zh="Paperless 关闭了修改历史：谁在 Paperless 里改了字段，无从查考。",
                en="Paperless keeps no history: who changed a field there cannot be told.",
            ),
            Sentence(zh="请设置 PAPERLESS_AUDIT_LOG_ENABLED=true。", en="Set PAPERLESS_AUDIT_LOG_ENABLED=true."),
        )


def _kind(kind: Kind, seen: Seen) -> Iterator[CheckItem]:
    code = f"paperless-{kind.right}"
    if kind not in seen.held:
        yield unknown(
            code,
            Sentence(zh=f"令牌的账号无权查看{kind.zh}", en=f"The account may not view {kind.value}"),
            Sentence(zh=f"请授予 view_{kind.right} 权限。", en=f"Grant view_{kind.right}."),
        )
        return
    severity = Severity.HIGH if kind is Kind.FIELD else Severity.MEDIUM
    decided = seen.held[kind]
    missing = [piece.name for piece, decision in decided if decision.action in {Action.MAKE, Action.EXTEND}]
    if missing:
        named, more = missing[:_NAMED], "……" if len(missing) > _NAMED else ""
        yield wrong(
            code,
            severity,
            Sentence(
                zh=f"{kind.zh}缺少 {len(missing)} 项，共需 {len(decided)} 项：{'、'.join(named)}{more}",
                en=f"{len(missing)} of {len(decided)} {kind.value} are missing: {', '.join(named)}{more}",
            ),
            _SETUP,
            {"missing": len(missing), "needed": len(decided)},
        )
    conflicts = [(piece, decision.why) for piece, decision in decided if decision.why]
    for piece, why in conflicts:
        told = Sentence(zh=f"{kind.zh}“{piece.name}”有冲突", en=f"“{piece.name}” of {kind.value} is in conflict")
        yield wrong(code, severity, told, why)
    if not missing and not conflicts:
        yield right(code, f"{kind.zh}齐全（{len(decided)}）", f"All {len(decided)} {kind.value} are there")


def _clock(greeting: Greeting) -> CheckItem:
    code = "paperless-clock"
    offset = clock_offset_s(greeting)
    if offset is None:
        return unknown(
            code,
            Sentence(zh="Paperless 的应答里没有时间，时钟差不能确定。", en="Its answers bear no time: not known."),
            Sentence(zh="请分别核对两台机器的时间同步。", en="See that both machines keep time."),
        )
    if abs(offset) <= _CLOCK_TOLERANCE_S:
        return right(
            code, f"时钟一致（相差不超过 {_CLOCK_TOLERANCE_S} 秒）", "The clocks agree", offset_s=round(offset, 1)
        )
    ahead = "快" if offset > 0 else "慢"
    return wrong(
        code,
        Severity.HIGH if abs(offset) > _CLOCK_HIGH_S else Severity.MEDIUM,
        Sentence(
            zh=f"Paperless 的时钟比本机{ahead}至少 {abs(offset):.0f} 秒；"
            f"相差 {_SIGNATURE_WINDOW_S} 秒以上的通知会被拒收。",
            en=f"Paperless' clock is at least {abs(offset):.0f} s {'ahead of' if offset > 0 else 'behind'} ours; "
            f"events that are off by more than {_SIGNATURE_WINDOW_S} s are refused.",
        ),
        Sentence(zh="请给两台机器都设好时间同步（NTP）。", en="Have both machines keep time by NTP."),
        {"offset_s": round(offset, 1)},
    )


def clock_offset_s(greeting: Greeting) -> float | None:
    """By how many seconds Paperless' clock is surely ahead of ours (behind: below 0); 0 where they can be the same.

    HTTP tells whole seconds, cut off, at some instant between question and answer: the truth lies in between.
    """
    if greeting.server_time is None:
        return None
    least = (greeting.server_time - greeting.answered).total_seconds()
    most = (greeting.server_time + timedelta(seconds=1) - greeting.asked).total_seconds()
    return max(least, 0.0) + min(most, 0.0)
