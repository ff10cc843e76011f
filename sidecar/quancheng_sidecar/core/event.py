"""Events of the custody log: what they are called, what they hold, and the bytes that stand for them.

An event is written as canonical JSON (RFC 8785, JCS), so that anyone who has its values gets the same bytes
and hence the same leaf of the log's Merkle tree.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

import rfc8785
from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError

from quancheng_plugin.errors import QuanchengError

_EXACT = 1 << 53
"""Integers from here on are not exact in JSON."""


_UNIX = datetime(1970, 1, 1, tzinfo=UTC)


class EventType(StrEnum):
    """Acts that the custody log knows.

    Names are PREMIS preservation event types (id.loc.gov/vocabulary/preservation/eventType) where one fits;
    the last group holds acts of enforcement practice that PREMIS does not know.
    """

    ACCESSION = "accession"
    APPRAISAL = "appraisal"
    CREATION = "creation"
    DELETION = "deletion"
    DIGITAL_SIGNATURE_GENERATION = "digital signature generation"
    DIGITAL_SIGNATURE_VALIDATION = "digital signature validation"
    DISSEMINATION = "dissemination"
    FIXITY_CHECK = "fixity check"
    FORMAT_IDENTIFICATION = "format identification"
    INGESTION = "ingestion"
    INGESTION_END = "ingestion end"
    INGESTION_START = "ingestion start"
    MESSAGE_DIGEST_CALCULATION = "message digest calculation"
    METADATA_EXTRACTION = "metadata extraction"
    METADATA_MODIFICATION = "metadata modification"
    POLICY_ASSIGNMENT = "policy assignment"
    QUARANTINE = "quarantine"
    RECOVERY = "recovery"
    REPLICATION = "replication"
    TRANSFER = "transfer"
    UNQUARANTINE = "unquarantine"
    VALIDATION = "validation"

    AGREEMENT = "agreement"  # Art. 5
    ACCESS_DECISION = "access decision"  # Art. 10-12
    HANDOVER = "handover"  # Art. 7, 9
    HOLD = "hold"

    @property
    def zh(self) -> str:
        """The act as people call it."""
        return _TYPE_ZH[self]


_TYPE_ZH = {
    EventType.ACCESSION: "接收登记",
    EventType.APPRAISAL: "鉴定",
    EventType.CREATION: "形成",
    EventType.DELETION: "删除",
    EventType.DIGITAL_SIGNATURE_GENERATION: "签名",
    EventType.DIGITAL_SIGNATURE_VALIDATION: "验签",
    EventType.DISSEMINATION: "提供利用",
    EventType.FIXITY_CHECK: "固定性核查",
    EventType.FORMAT_IDENTIFICATION: "格式识别",
    EventType.INGESTION: "收存",
    EventType.INGESTION_END: "收存结束",
    EventType.INGESTION_START: "收存开始",
    EventType.MESSAGE_DIGEST_CALCULATION: "计算摘要",
    EventType.METADATA_EXTRACTION: "提取元数据",
    EventType.METADATA_MODIFICATION: "修改元数据",
    EventType.POLICY_ASSIGNMENT: "确定保管期限等",
    EventType.QUARANTINE: "隔离",
    EventType.RECOVERY: "恢复",
    EventType.REPLICATION: "复制",
    EventType.TRANSFER: "移交",
    EventType.UNQUARANTINE: "解除隔离",
    EventType.VALIDATION: "检验",
    EventType.AGREEMENT: "起止时间核对",
    EventType.ACCESS_DECISION: "调用审批",
    EventType.HANDOVER: "移交专人保管",
    EventType.HOLD: "暂停处置",
}


class Unloggable(QuanchengError):
    """The act cannot be written down as canonical JSON, so it must not take place."""

    code = "QC-LOG-UNLOGGABLE"


class NotAnEvent(QuanchengError):
    """What should be an event of the log is none."""

    code = "QC-LOG-NO-EVENT"


class Event(BaseModel):
    """One act on a record. `seq` is its place in the log from 0, `id` its name (UUID version 7).

    `agent` acted, `subject` was acted on (a digest or the identifier of a record), `detail` holds the rest.
    """

    model_config = ConfigDict(frozen=True)

    id: UUID
    seq: int
    type: str
    agent: str
    subject: str
    outcome: str
    at: AwareDatetime
    detail: Mapping[str, Any]
    """Any JSON object; `canonical` refuses what is none."""


def read_event(text: str | bytes) -> Event:
    """The event that canonical JSON stands for; that it is canonical is not checked. Raises `NotAnEvent`."""
    try:
        return Event.model_validate_json(text)
    except ValidationError as error:
        raise NotAnEvent(
            zh="其中的内容不是保管日志的记录。请确认文件来自保管日志；若在日志中，请运行 quancheng log verify。",
            en="This is no event of a custody log. Check where it comes from; in the log, run `quancheng log verify`.",
        ) from error


def event_id(at: datetime, randomness: bytes) -> UUID:
    """UUID version 7 (RFC 9562 § 5.7) of that instant, in order to the microsecond; `randomness` is 8 bytes."""
    millis, micros = divmod((at - _UNIX) // timedelta(microseconds=1), 1000)
    fraction = micros * 4096 // 1000  # § 6.2 method 3: the next 12 bits hold the rest of the instant
    tail = int.from_bytes(randomness[:8]) & (1 << 62) - 1
    return UUID(int=(millis & (1 << 48) - 1) << 80 | 0x7 << 76 | fraction << 64 | 0x2 << 62 | tail)


def instant(at: datetime) -> str:
    """The one way in which an instant is written in an event: UTC, microseconds, offset."""
    if at.utcoffset() is None:
        raise Unloggable(
            zh="记入保管日志的时间缺少时区。请使用带时区的时间。",
            en="An instant without offset cannot enter the custody log. Use one with an offset.",
        )
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def canonical(event: Event) -> str:
    """The event as canonical JSON (RFC 8785). Raises `Unloggable` when it holds what JSON cannot carry exactly."""
    return canonical_json({**dict(event), "id": str(event.id), "at": instant(event.at), "detail": event.detail})


def canonical_json(value: Mapping[str, Any]) -> str:
    """RFC 8785 form of a value. Raises `Unloggable`."""
    try:
        return rfc8785.dumps(plain(value)).decode()
    except rfc8785.CanonicalizationError as error:
        raise Unloggable(
            zh=f"内容无法记入保管日志（{error}），操作未执行。请联系管理员。",
            en=f"This cannot be written to the custody log ({error}), so the act was not done. Tell the administrator.",
        ) from error


def plain(value: object) -> Any:  # noqa: ANN401  JSON is of any shape
    """Dicts, lists and strings in place of what behaves like them.

    A file name that is no text (GBK bytes from a memory card) is written in escapes instead of refused.
    """
    if isinstance(value, str):
        return value.encode("utf-8", "backslashreplace").decode()
    if isinstance(value, Mapping):
        return {plain(name): plain(held) for name, held in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, bytes | bytearray):
        return [plain(held) for held in value]
    return value


class _NeedsLibrary(ValueError):
    """A number or an order of names that the C encoder and RFC 8785 may see differently."""


def _ordered_alike(text: str) -> None:
    # RFC 8785 orders names by UTF-16, Python by code points: they part on letters that take two units.
    if len(text.encode("utf-16-le")) > 2 * len(text):
        raise _NeedsLibrary


def _fraction(raw: str) -> float:
    # Python and ECMAScript write the same shortest digits; they part where exponents and `.0` begin.
    value = float(raw)
    if raw[-1] == "0" or repr(value) != raw or "e" in raw:
        raise _NeedsLibrary
    return value


def _whole(raw: str) -> float:
    # RFC 8785 writes large floats without an exponent; as integers they would be out of its range.
    whole = int(raw)
    return whole if abs(whole) < _EXACT else float(raw)


def _constant(raw: str) -> float:
    raise ValueError(raw)  # NaN and Infinity are no JSON


_decode = json.JSONDecoder(parse_float=_fraction, parse_constant=_constant).raw_decode
_encode = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, check_circular=False).encode


def parse_canonical(text: str) -> dict[str, Any] | None:
    """The object that a canonical JSON text stands for, or None when the text is not one in canonical form.

    All but rare numbers and letters are settled by the C encoder (a million texts in seconds), the others by the
    library.
    """
    try:
        try:
            _ordered_alike(text)
            value, _ = _decode(text)
            is_canonical = _encode(value) == text  # also tells whether anything follows
        except _NeedsLibrary:
            value = json.loads(text, parse_int=_whole, parse_constant=_constant)
            is_canonical = rfc8785.dumps(value).decode() == text
    except ValueError:  # not JSON, or (CanonicalizationError) nothing that RFC 8785 knows
        return None
    return value if is_canonical and isinstance(value, dict) else None
