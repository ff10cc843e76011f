"""`quancheng paperless check`: what of a Paperless-ngx is right, what is wrong and what to do, what cannot be known."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import chain

from pydantic import BaseModel, ConfigDict

from quancheng_plugin.findings import Severity
from quancheng_plugin.sentence import Sentence
from quancheng_sidecar.archive.paperless.comparing import Action
from quancheng_sidecar.archive.paperless.looking import Events, PluginMark, Seen
from quancheng_sidecar.archive.paperless.office import Kind
from quancheng_sidecar.archive.paperless.registry import Account, Greeting
from quancheng_sidecar.archive.paperless.server_state import server_state, settings_in_the_way
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
        [_plugin(seen.plugin), _events(seen.events), _clock(seen.greeting)],
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


def _plugin(mark: PluginMark) -> CheckItem:
    code = "paperless-plugin"
    if mark is PluginMark.PROCESSED:
        return right(code, "插件在工作：最近的文书由它处理", "The plugin works: it processed recent documents")
    if mark is PluginMark.LOADED:
        return unknown(
            code,
            Sentence(
                zh="Paperless 的网页进程已装载插件；最近的文书还没有一份由它处理过，后台是否装载不能确定。",
                en="Paperless' web process has the plugin; no recent document was processed by it, so whether "
                "the worker has it is not known.",
            ),
            Sentence(
                zh="请放入一份新文书后再检查一次；若仍如此，请重启 Paperless 的后台进程并查看日志。",
                en="Add a new document and check again; if this stays, restart Paperless' worker and see its log.",
            ),
        )
    if mark is PluginMark.NOTHING_TO_ASK:
        return unknown(
            code,
            Sentence(
                zh="Paperless 里还没有可看的 PDF 文书，插件是否装好不能确定。",
                en="There is no PDF in Paperless to ask, so whether the plugin is there is not known.",
            ),
            Sentence(zh="请放入一份文书后再检查一次。", en="Add a document and check again."),
        )
    return wrong(
        code,
        Severity.HIGH,
        Sentence(
            zh="最近的 PDF 文书的元数据里都没有插件的标记：插件没有装好，或装好后还没有重启。"
            "（Paperless 会把元数据缓存至多 50 分钟。）",
            en="The newest PDFs bear no mark of the plugin in their metadata: it is not installed, or Paperless was "
            "not restarted since. (Paperless keeps metadata for up to 50 minutes.)",
        ),
        Sentence(
            zh="请在 Paperless 的环境里安装 quancheng[plugin]，重启它的网页和后台进程，再放入一份文书检查。",
            en="Install quancheng[plugin] into Paperless' environment, restart it, add a document and check again.",
        ),
    )


def _events(events: Events) -> CheckItem:
    code = "paperless-events"
    if not events.secret:
        return wrong(
            code,
            Severity.HIGH,
            Sentence(
                zh="没有配置与插件共用的密钥，Paperless 发来的通知无法验证，会被拒收。",
                en="No secret is shared with the plugin: events from Paperless cannot be verified and are refused.",
            ),
            Sentence(
                zh="请在两边把 QUANCHENG_PAPERLESS_SECRET 设为同一个随机值，"
                "并在 Paperless 一边设置 QUANCHENG_SIDECAR_URL。",
                en="Set QUANCHENG_PAPERLESS_SECRET to one random value on both sides, and QUANCHENG_SIDECAR_URL there.",
            ),
        )
    if events.last:
        at = events.last.isoformat(timespec="seconds")
        return right(code, f"收到过 Paperless 的通知，最近一次 {at}", f"Events come in; the last one {at}", last=at)
    return unknown(
        code,
        Sentence(
            zh="密钥已配置，但还没有收到过 Paperless 的通知，发件箱是否配置好不能确定。",
            en="A secret is set, but no event has come yet: whether the outbox is set up is not known.",
        ),
        Sentence(
            zh="请在 Paperless 里打开一份文书，一分钟后再检查；若仍没有，请核对两边的密钥和 Paperless 一边的 "
            "QUANCHENG_SIDECAR_URL。",
            en="Open a document in Paperless and check again after a minute; if nothing came, compare the secrets and "
            "QUANCHENG_SIDECAR_URL there.",
        ),
    )


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
