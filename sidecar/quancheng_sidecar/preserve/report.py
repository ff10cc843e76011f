"""What verification of the custody log found; also the JSON of `quancheng log verify`."""

from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from quancheng_plugin.sentence import Sentence


class FaultCode(StrEnum):
    """What is wrong with the log; the sentence of a fault says it with its figures."""

    EVENT_MISSING = "event-missing"
    EVENT_MALFORMED = "event-malformed"
    EVENT_MOVED = "event-moved"
    EVENT_CONTENT = "event-content"
    EVENT_COLUMNS = "event-columns"
    EVENT_CHAIN = "event-chain"
    EVENT_TREE = "event-tree"
    CHECKPOINT_ROOT = "checkpoint-root"
    CHECKPOINT_SIGNATURE = "checkpoint-signature"
    KEY_MISSING = "key-missing"
    LOG_TRUNCATED = "log-truncated"
    TRIGGERS_MISSING = "triggers-missing"


class Fault(BaseModel):
    """One thing that is wrong. `seq` and `event_id` name the event where it shows.

    The alteration itself lies in the events `first` to `last`, both included: a single one where the tables allow
    it to be told, else all since the last checkpoint that still holds. None where it concerns no event.
    """

    model_config = ConfigDict(frozen=True)

    code: FaultCode
    seq: int | None = None
    event_id: str | None = None
    first: int | None = None
    last: int | None = None
    sentence: Sentence


class LogVerification(BaseModel):
    """`ok` when nothing is wrong. `size` events are in the log; those below `verified` were recomputed and hold.

    `signed` is the size of the largest checkpoint that holds, `root` (Base64) the root of the `verified` events.
    `faults` begin with the one that names the first wrong event.
    """

    model_config = ConfigDict(frozen=True)

    ok: bool
    size: int
    verified: int
    root: str
    checkpoints: int
    signed: int
    vkey: str | None
    faults: tuple[Fault, ...]
    not_checked: tuple[Sentence, ...]
    sentence: Sentence


_EVENT_FAULTS = {
    FaultCode.EVENT_MISSING: ("缺失", "is missing"),
    FaultCode.EVENT_MALFORMED: ("不是规范的 JSON 记录", "is no event in canonical JSON"),
    FaultCode.EVENT_MOVED: (
        "内容记载的序号与所在位置不同，被移动、插入或调换",
        "was moved: its content names another place",
    ),
    FaultCode.EVENT_CONTENT: (
        "内容与其摘要不符，内容或摘要被改",
        "does not have its leaf hash: content or hash was altered",
    ),
    FaultCode.EVENT_COLUMNS: ("用于检索的栏目与内容不符，栏目被改", "is listed with values other than its content"),
    FaultCode.EVENT_CHAIN: (
        "与前后记录不衔接，该条或其前的记录被改写",
        "does not follow from those before: it or they were rewritten",
    ),
    FaultCode.EVENT_TREE: ("所存的树节点与重新计算的不符", "carries tree hashes other than those recomputed"),
}


def event_fault(code: FaultCode, seq: int, event_id: str | None, since: int | None = None) -> Fault:
    """A fault that shows at one event; `since` is the first event that may be the altered one."""
    first = seq if since is None else since
    zh, en = _EVENT_FAULTS[code]
    where_zh = f"（改动在第 {first} 至第 {seq} 条之间）" if first < seq else ""
    where_en = f" (the alteration lies in events {first} to {seq})" if first < seq else ""
    name = f"，编号 {event_id}" if event_id else ""
    return Fault(
        code=code,
        seq=seq,
        event_id=event_id,
        first=first,
        last=seq,
        sentence=Sentence(
            zh=f"第 {seq} 条记录{name}：{zh}{where_zh}。", en=f"Event {seq} ({event_id or 'no id'}) {en}{where_en}."
        ),
    )


def root_fault(since: int, size: int, event_id: str | None) -> Fault:
    """The recomputed root is not the signed one: an event from `since` on was rewritten, and all hashes after it."""
    return Fault(
        code=FaultCode.CHECKPOINT_ROOT,
        seq=since,
        event_id=event_id,
        first=since,
        last=size - 1,
        sentence=Sentence(
            zh=f"前 {size} 条记录与签名检查点不符：第 {since} 至第 {size - 1} 条中有记录被改写或增删，"
            "其后的摘要已一并重算，无法确定是其中哪一条。",
            en=f"The first {size} events do not lead to their signed checkpoint: among events {since} to {size - 1}"
            " some were rewritten, added or removed and all hashes after them recomputed; which cannot be told.",
        ),
    )


def truncated(size: int, signed: int) -> Fault:
    """The log is shorter than what was signed."""
    return Fault(
        code=FaultCode.LOG_TRUNCATED,
        seq=size,
        first=size,
        last=signed - 1,
        sentence=Sentence(
            zh=f"日志只有 {size} 条，而签署检查点时有 {signed} 条："
            f"第 {size} 至第 {signed - 1} 条被删除，或换用了旧的数据库。",
            en=f"The log has {size} events, but a checkpoint was signed over {signed}: events {size} to {signed - 1}"
            " were removed, or an older database is in use.",
        ),
    )


def signature_fault(size: int | None, reason: Sentence) -> Fault:
    """A checkpoint whose signature or form does not hold; `size` is None for one kept outside the database."""
    where_zh = "另存的检查点" if size is None else f"第 {size} 条处的检查点"
    where_en = "A checkpoint kept elsewhere" if size is None else f"The checkpoint at {size}"
    return Fault(
        code=FaultCode.CHECKPOINT_SIGNATURE,
        sentence=Sentence(zh=f"{where_zh}无效：{reason.zh}", en=f"{where_en}: {reason.en}"),
    )


def key_fault(checkpoints: int) -> Fault:
    """The public key is gone, so no signature could be checked."""
    return Fault(
        code=FaultCode.KEY_MISSING,
        sentence=Sentence(
            zh=f"缺少日志公钥 keys/custody-log.vkey，{checkpoints} 个检查点的签名无法核对。请从备份恢复。",
            en=f"The log's public key keys/custody-log.vkey is gone; {checkpoints} checkpoints could not be checked.",
        ),
    )


def triggers_fault(names: list[str]) -> Fault:
    """The database no longer refuses changes by itself."""
    listed = "、".join(names)
    return Fault(
        code=FaultCode.TRIGGERS_MISSING,
        sentence=Sentence(
            zh=f"数据库中防止改动日志的触发器缺失或停用（{listed}）。请查明由谁、为何去除，再恢复。",
            en=f"Triggers that keep the log from being changed are missing or off ({', '.join(names)}).",
        ),
    )


NOT_CHECKED = (
    Sentence(
        zh="能取得签名密钥的人可以重写日志并重新签署；须与另处保存的检查点比对才能发现。",
        en="Whoever has the signing key can rewrite and sign anew; only a checkpoint kept elsewhere shows that.",
    ),
    Sentence(
        zh="记录的时间是本系统自己的时钟，不是时间戳机构的证明。",
        en="Times of events are this system's own clock, not a time-stamp authority's.",
    ),
    Sentence(
        zh="只核验日志本身：日志旁的登记表（如更正、结论）未与日志比对；库中文件由 quancheng store verify 核查。",
        en="Only the log is verified: the tables beside it (corrections, verdicts) are not compared with it; the files"
        " of the store are checked by `quancheng store verify`.",
    ),
)


def summary(size: int, signed: int, checkpoints: int, faults: tuple[Fault, ...]) -> Sentence:
    """The result in one sentence."""
    if faults:
        more_zh = f"另有 {len(faults) - 1} 处问题。" if len(faults) > 1 else ""
        more_en = f" There are {len(faults) - 1} more faults." if len(faults) > 1 else ""
        return Sentence(
            zh=f"保管日志核验未通过。{faults[0].sentence.zh}{more_zh}",
            en=f"The custody log does not hold. {faults[0].sentence.en}{more_en}",
        )
    tail = size - signed
    tail_zh = f"最后 {tail} 条尚未签署。" if tail else ""
    tail_en = f" The last {tail} are not signed yet." if tail else ""
    return Sentence(
        zh=f"保管日志共 {size} 条记录，逐条重算无误，与 {checkpoints} 个签名检查点一致。{tail_zh}",
        en=f"All {size} events of the custody log hold, and lead to {checkpoints} signed checkpoints.{tail_en}",
    )
