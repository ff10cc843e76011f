"""What can be known, from outside, of the plugin in Paperless-ngx: only what there is evidence of is claimed."""

from datetime import datetime

from quancheng_plugin.findings import Severity
from quancheng_plugin.sentence import Sentence
from quancheng_sidecar.archive.paperless.looking import AppAnswer, PluginMark
from quancheng_sidecar.archive.paperless.told import CheckItem, right, unknown, wrong

_APP = "quancheng_plugin.host.apps.QuanchengConfig"


def plugin(mark: PluginMark) -> CheckItem:
    """Whether Paperless reads documents by the plugin's parser."""
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


def plugin_app(answer: AppAnswer) -> CheckItem:
    """Whether the app with outbox and guard is on."""
    code = "paperless-app"
    if answer is not AppAnswer.ABSENT:
        return right(code, "插件的应用（通知和防删除）已启用", "The plugin's app (outbox and guard) is on")
    return wrong(
        code,
        Severity.HIGH,
        Sentence(
            zh="插件的应用没有启用：Paperless 里的查看、下载、删除不会告诉本系统，已归档的文书也可能被删除。",
            en="The plugin's app is not on: views, downloads and deletions are not told, and archived documents can be "
            "deleted.",
        ),
        Sentence(
            zh=f"请设置 PAPERLESS_APPS={_APP}，运行 manage.py migrate，再重启 Paperless。",
            en=f"Set PAPERLESS_APPS={_APP}, run manage.py migrate, restart Paperless.",
        ),
    )


def shared_secret(answer: AppAnswer, *, has_secret: bool) -> CheckItem:
    """Whether both sides sign with the same secret."""
    code = "paperless-secret"
    if has_secret and answer is AppAnswer.AGREED:
        return right(code, "与插件共用的密钥两边一致", "Plugin and sidecar share one secret")
    if has_secret and answer is AppAnswer.ABSENT:
        return unknown(
            code,
            Sentence(
                zh="本机已配置密钥；插件的应用没有应答，两边是否一致不能确定。",
                en="A secret is set here; the plugin's app does not answer, so whether both agree is not known.",
            ),
            Sentence(zh="请先启用插件的应用，再检查一次。", en="Switch the plugin's app on, then check again."),
        )
    missing = Sentence(
        zh="没有配置与插件共用的密钥：Paperless 发来的通知无法验证，会被拒收。",
        en="No secret is shared with the plugin: events from Paperless cannot be verified and are refused.",
    )
    other = Sentence(
        zh="插件不认本机的签名：两边的密钥不同，或插件一边没有设，或时钟相差 5 分钟以上。",
        en="The plugin refuses our signature: the secrets differ, it has none, or the clocks are 5 minutes apart.",
    )
    return wrong(
        code,
        Severity.HIGH,
        other if has_secret else missing,
        Sentence(
            zh="请在两边把 QUANCHENG_PAPERLESS_SECRET 设为同一个随机值（至少 32 个字符），再重启 Paperless。",
            en="Set QUANCHENG_PAPERLESS_SECRET to one random value (32 characters or more) on both sides.",
        ),
    )


def events(last: datetime | None) -> CheckItem:
    """Whether what happens in Paperless is told to the sidecar; `last` is when the last such thing happened."""
    code = "paperless-events"
    if last:
        at = last.isoformat(timespec="seconds")
        return right(code, f"收到过 Paperless 的通知，最近一次 {at}", f"Events come in; the last one {at}", last=at)
    return unknown(
        code,
        Sentence(
            zh="还没有收到过 Paperless 的通知，发件箱能否送达不能确定。",
            en="No event has come yet, so whether the outbox reaches us is not known.",
        ),
        Sentence(
            zh="请在 Paperless 里打开一份文书，两分钟后再检查；若仍没有，请核对 Paperless 一边的 "
            "QUANCHENG_SIDECAR_URL，并确认 quancheng up 在运行。",
            en="Open a document in Paperless and check again after two minutes; if nothing came, see "
            "QUANCHENG_SIDECAR_URL there and that `quancheng up` runs.",
        ),
    )
