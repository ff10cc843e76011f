"""Why a person must look: every finding of the reader, in one place, in both languages."""

from quancheng_plugin.findings import Finding, Severity
from quancheng_plugin.forms.dates import Doubt
from quancheng_plugin.sentence import Sentence

_TIME = {
    Doubt.REPAIRED: (
        "时间“{raw}”中有字符疑似误识，须对照原件核对。",
        "In the time “{raw}” a character may have been misread; check it against the sheet.",
    ),
    Doubt.INCOMPLETE: (
        "时间“{raw}”不完整（缺年、月、日、时、分或者结束时间），未作推测，请对照原件补录。",
        "The time “{raw}” is incomplete; nothing was guessed. Enter it from the sheet.",
    ),
    Doubt.IMPOSSIBLE: (
        "时间“{raw}”不可能存在，请对照原件核对。",
        "The time “{raw}” cannot exist; check it against the sheet.",
    ),
    Doubt.REVERSED: (
        "时间“{raw}”的结束早于开始，自相矛盾，请对照原件核对。",
        "In “{raw}” the end lies before the start; check it against the sheet.",
    ),
    Doubt.APPROXIMATE: (
        "时间“{raw}”写的是大约时间，请确认。",
        "The time “{raw}” is only approximate; confirm it.",
    ),
    Doubt.AMBIGUOUS: (
        "时间“{raw}”可以有不同理解，请确认。",
        "The time “{raw}” can be understood in more than one way; confirm it.",
    ),
    Doubt.LONG: (
        "时间“{raw}”的时长异常，可能有误识，请对照原件核对。",
        "The length of “{raw}” is unusual and may come from a misreading; check it against the sheet.",
    ),
    Doubt.WEEKDAY: (
        "时间“{raw}”中的日期与所写的星期不符，请对照原件核对。",
        "In “{raw}” the day is not the weekday written beside it; check it against the sheet.",
    ),
}
_WORDS = {
    "form": ("文书名称", "name of the form"),
    "number": ("文书编号", "number"),
    "interval": ("起止时间", "time"),
    "party": ("当事人", "party"),
}


def time_doubt(doubt: Doubt, raw: str) -> Finding:
    """A time that cannot be taken as written."""
    zh, en = _TIME[doubt]
    severity = Severity.MEDIUM if doubt in {Doubt.IMPOSSIBLE, Doubt.REVERSED} else Severity.LOW
    return _finding(doubt.value, severity, zh.format(raw=raw), en.format(raw=raw))


def missing(name: str) -> Finding:
    """A value that this form carries was not found."""
    zh, en = _WORDS[name]
    return _finding(
        f"{name}-missing",
        Severity.LOW,
        f"没有读到{zh}，请对照原件补录。",
        f"The {en} was not found; enter it from the sheet.",
    )


def label_lost(key: str, label: str) -> Finding:
    """A field whose label stands on every sheet of the form, but was not read on this one."""
    return Finding(
        code="field-missing",
        severity=Severity.LOW,
        sentence=Sentence(
            zh=f"没有找到该文书应有的“{label}”栏，可能被遮盖或者没有识别出来，请对照原件补录。",
            en=f"The field “{label}” that this form always has was not found; enter it from the sheet.",
        ),
        figures={"field": key, "label": label},
    )


def unsure(name: str, label: str, raw: str, confidence: float, threshold: float) -> Finding:
    """A value read with less confidence than the settings ask for."""
    zh, en = _WORDS.get(name, (label, label))
    return Finding(
        code=f"{name}-unsure" if name in _WORDS else "field-unsure",
        severity=Severity.LOW,
        sentence=Sentence(
            zh=f"{zh}“{raw}”识别把握不足（{confidence:.2f}，要求不低于{threshold:.2f}），请核对。",
            en=f"The {en} “{raw}” was read with confidence {confidence:.2f} (asked: {threshold:.2f}); check it.",
        ),
        figures={"confidence": round(confidence, 4), "threshold": threshold, "field": name},
    )


def contradiction(name: str, raw: str, other: str) -> Finding:
    """Two statements of one value differ."""
    zh, en = _WORDS[name]
    return _finding(
        f"{name}-contradiction",
        Severity.MEDIUM,
        f"{zh}前后不一致：一处为“{raw}”，另一处为“{other}”，请核对。",
        f"The {en} is stated twice and differs: “{raw}” and “{other}”; check which is right.",
    )


def officers_missing(names: str, numbers: str) -> Finding:
    """More numbers of officers were read than names."""
    return _finding(
        "officers-fewer",
        Severity.LOW,
        f"执法证号“{numbers}”多于读到的姓名“{names}”，可能漏读了执法人员，请核对。",
        f"There are more officers' numbers (“{numbers}”) than names (“{names}”); a name may have been missed.",
    )


def from_narrative(raw: str) -> Finding:
    """The time stood only in the narrative."""
    return _finding(
        "interval-from-narrative",
        Severity.LOW,
        f"表头没有读到起止时间，“{raw}”取自正文，请核对。",
        f"No time was found under a label; “{raw}” comes from the narrative. Check it.",
    )


def unknown_form() -> Finding:
    """No form of the catalogue has this title."""
    return _finding(
        "form-unknown",
        Severity.LOW,
        "标题与文书目录中的名称都不符，无法确定文书种类，请人工选择。",
        "The title matches no form of the catalogue; choose the form by hand.",
    )


def time_of_unknown_form(raw: str) -> Finding:
    """A time on a form that is not known: what it is the time of cannot be told."""
    return _finding(
        "interval-of-unknown-form",
        Severity.LOW,
        f"文书种类未确定，时间“{raw}”的含义需要确认。",
        f"The form is not known, so what the time “{raw}” stands for must be confirmed.",
    )


def several_forms(name: str, page: int) -> Finding:
    """A later page begins another form."""
    return _finding(
        "several-forms",
        Severity.MEDIUM,
        f"第{page}页是另一份文书“{name}”，只读取了它之前的页；请分开扫描或者核对。",
        f"Page {page} begins another form (“{name}”); only the pages before it were read. Scan them apart or check.",
    )


def year_differs(raw: str, number: str) -> Finding:
    """The year of the time and that in the number lie apart."""
    return _finding(
        "interval-year",
        Severity.MEDIUM,
        f"时间“{raw}”的年份与文书编号“{number}”的年份相差过大，请核对。",
        f"The year of “{raw}” and that in the number “{number}” lie too far apart; check both.",
    )


def in_future(name: str, raw: str) -> Finding:
    """A day that has not come yet, on a form that tells of what was done."""
    zh, en = _WORDS[name]
    return _finding(
        f"{name}-future",
        Severity.MEDIUM,
        f"{zh}“{raw}”晚于今天，可能有误写或者误识，请对照原件核对。",
        f"The {en} “{raw}” lies in the future; it may be miswritten or misread. Check it against the sheet.",
    )


def field_in_future(key: str, label: str, raw: str) -> Finding:
    """A further field's day that has not come yet."""
    return Finding(
        code="field-future",
        severity=Severity.MEDIUM,
        sentence=Sentence(
            zh=f"{label}“{raw}”晚于今天，可能有误写或者误识，请对照原件核对。",
            en=f"“{raw}” ({label}) lies in the future; it may be miswritten or misread. Check it against the sheet.",
        ),
        figures={"field": key},
    )


def number_year(raw: str) -> Finding:
    """No date on the form lies near the year in its number."""
    return _finding(
        "number-year",
        Severity.LOW,
        f"文书编号“{raw}”的年份与文书上的所有日期都不相近，可能有误识，请核对。",
        f"No date on the form lies near the year in the number “{raw}”; it may be misread. Check it.",
    )


def _finding(code: str, severity: Severity, zh: str, en: str) -> Finding:
    return Finding(code=code, severity=severity, sentence=Sentence(zh=zh, en=en))
