"""An event of the custody log in Chinese words: what was done, how it ended, and what it was about."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from quancheng_plugin.forms.catalogue import catalogue
from quancheng_sidecar.collect.standing import CORRECTED_ZH
from quancheng_sidecar.collect.wording import shown
from quancheng_sidecar.core.agreement import Verdict
from quancheng_sidecar.core.event import Event, EventType
from quancheng_sidecar.settings import settings

type _Detail = Mapping[str, Any]

_OUTCOMES = {
    "success": "完成",
    "failure": "未通过",
    "duplicate": "已有同一文件，未另存",
    "adopted": "补登记",
    "withdrawn": "结论撤回",
    "dismissed": "不予处理",
    "refused": "已拒绝",
    "related": "有来源",
    "unrelated": "未发现来源",
    "altered": "字节已变",
    "missing": "文件缺失",
    "unreadable": "读不出",
    "unregistered": "未登记",
}
_ACTS = {
    "viewed": "查看",
    "previewed": "预览",
    "downloaded": "下载",
    "trashed": "移入回收站",
    "deleted": "删除",
    "restored": "从回收站恢复",
    "deletion-refused": "试图删除",
    "version-added": "加入新版本",
}


class HistoryLine(NamedTuple):
    """One act as a table shows it; `at` is in the zone in which people read times."""

    number: str
    at: str
    act: str
    by: str
    outcome: str
    about: str


def in_words(events: Iterable[Event]) -> list[HistoryLine]:
    """Events as a table shows them."""
    zone = settings().zone
    return [
        HistoryLine(
            str(event.seq),
            f"{event.at.astimezone(zone):%Y-%m-%d %H:%M:%S}",
            _act(event),
            event.agent,
            _outcome(event),
            _about(event),
        )
        for event in events
    ]


def _act(event: Event) -> str:
    try:
        return EventType(event.type).zh
    except ValueError:  # of a later version
        return event.type


def _outcome(event: Event) -> str:
    if event.type == EventType.AGREEMENT and event.outcome in set(Verdict):
        return Verdict(event.outcome).zh
    return _OUTCOMES.get(event.outcome, event.outcome)


def _about(event: Event) -> str:
    """What act and outcome leave open, in one line."""
    teller = _TELLERS.get(event.type)
    return teller(event.detail) if teller else str(event.detail.get("file_name", ""))


def _ingested(detail: _Detail) -> str:
    if "file_name" not in detail:
        return f"{detail.get('size', 0):,} 字节"
    under = f"，案号 {detail['case']}" if detail.get("case") else "，未写案号"
    return f"{detail['file_name']}{under}"


def _extracted(detail: _Detail) -> str:
    if "learnt" in detail:
        return f"学习设备习惯：{detail.get('file_name', '')}"
    if "form" in detail:
        review = f"；{len(detail['review'].split(','))} 栏待核对" if detail.get("review") else ""
        return f"识别并签名，{_form(detail['form'])}，档案编号 {detail.get('archive_id')}{review}"
    times = f"{_instant(detail.get('start'))}至{_instant(detail.get('end'))}"
    return f"检验并制作登记卡，档案编号 {detail.get('archive_id')}，录制时间 {times}"


def _form(code: str) -> str:
    named = {form.code: form.name for form in catalogue(settings()).forms}
    return named.get(code, code) or "未识别出文书名称"


def _modified(detail: _Detail) -> str:
    if "forgotten" in detail:
        return f"撤销学到的设备习惯：{detail.get('why', '')}"
    if "changes" not in detail:
        return f"查看和修改权限，档案编号 {detail.get('archive_id')}"
    changes = (
        f"{CORRECTED_ZH.get(name, name)}由“{change.get('was') or '无'}”改为“{change.get('value') or '无'}”"
        if change.get("was") != change.get("value")
        else f"{CORRECTED_ZH.get(name, name)}“{change.get('value')}”核对无误"
        for name, change in detail["changes"].items()
    )
    when = f"，{_instant(detail['acted_at'])}" if "acted_at" in detail else ""
    return f"{'；'.join(changes)}（{detail.get('why') or '未写原因'}{when}）"


def _judged(detail: _Detail) -> str:
    return str(detail["agreement"]["sentence"]["zh"]) if "agreement" in detail else ""


def _quarantined(detail: _Detail) -> str:
    return f"{detail.get('file_name', '')}：{detail.get('zh', '')}"


def _appraised(detail: _Detail) -> str:
    return f"{detail.get('file_name', '')}：{detail.get('why', '')}"


def _validated(detail: _Detail) -> str:
    if "clock" in detail:
        return f"设备 {detail.get('device')} 校时"
    if "former_card" in detail:
        return f"按溯源结果更新登记卡，档案编号 {detail.get('archive_id')}"
    return f"溯源：与档案中 {len(detail.get('origins', ()))} 份录音录像有关联"


def _in_paperless(detail: _Detail) -> str:
    act, at = detail.get("act", ""), detail.get("acted_at")
    return f"在 Paperless 中{_ACTS.get(act, act)}，{_instant(at)}" if act else ""


def _checked(detail: _Detail) -> str:
    return f"重读 {detail['contents']} 个文件，{detail['faults']} 处不符" if "contents" in detail else ""


def _instant(written: object) -> str:
    return shown(datetime.fromisoformat(str(written)) if written else None, settings().zone)


_TELLERS: Mapping[str, Callable[[_Detail], str]] = {
    EventType.INGESTION: _ingested,
    EventType.METADATA_EXTRACTION: _extracted,
    EventType.METADATA_MODIFICATION: _modified,
    EventType.AGREEMENT: _judged,
    EventType.QUARANTINE: _quarantined,
    EventType.APPRAISAL: _appraised,
    EventType.VALIDATION: _validated,
    EventType.ACCESSION: _in_paperless,
    EventType.DISSEMINATION: _in_paperless,
    EventType.DELETION: _in_paperless,
    EventType.RECOVERY: _in_paperless,
    EventType.FIXITY_CHECK: _checked,
}
