"""The findings of signing and verifying, each with its code, weight and both sentences.

High is only what an unchanged, properly signed file cannot show: signed bytes that differ,
content added afterwards beyond what signatures permit, a stamp that does not match, a revoked
certificate. What could not be checked is never high.
"""

from datetime import datetime

from quancheng_plugin.findings import Finding, Severity
from quancheng_plugin.sentence import Sentence

FROM_LAYER = "text-from-own-layer"
"""Code of the finding that tells where text came from."""


def text_from_layer() -> Finding:
    """Our own signer vouched for the text layer, and it was taken instead of reading the pages."""
    return _finding(
        FROM_LAYER,
        Severity.INFO,
        "文件由本单位签名且此后未被改动，文字取自其文本层，没有重新识别。文本层不记识别把握，从中读出的值都须核对。",
        "The file bears our own signature and is unchanged since: its text was taken from its layer, not read anew. "
        "The layer does not say how sure the reading was, so every value of it is for review.",
    )


def unsigned() -> Finding:
    """No signature at all."""
    return _finding("unsigned", Severity.MEDIUM, "文件没有数字签名。", "The file carries no digital signature.")


def development_signature(field: str) -> Finding:
    """The signer is a development certificate."""
    return _finding(
        "development-signature",
        Severity.MEDIUM,
        f"签名“{field}”由开发用证书作出，没有法律效力。正式使用前请配置单位的签名证书。",
        f"Signature “{field}” was made with a development certificate and has no legal force. "
        "Configure the unit's certificate before real use.",
        field,
    )


def broken(field: str) -> Finding:
    """The signed bytes, or the signature over them, differ."""
    return _finding(
        "signature-broken",
        Severity.HIGH,
        f"签名“{field}”与文件内容不符：签名之后，被签名的内容或签名本身有字节被改动。",
        f"Signature “{field}” does not match the file: signed bytes, or the signature itself, were changed.",
        field,
    )


def unreadable(field: str, reason: str) -> Finding:
    """The signature's own structure cannot be read."""
    return _finding(
        "signature-unreadable",
        Severity.MEDIUM,
        f"签名“{field}”无法读取，未作验证（格式不识别或已损坏）。这既不表示有效，也不表示被改动。",
        f"Signature “{field}” cannot be read and was not verified (unknown format, or damaged): {reason}. "
        "That is neither a good nor a bad sign.",
        field,
    )


def unchecked_algorithm(field: str, algorithm: str) -> Finding:
    """The signature uses an algorithm that is not known here."""
    return _finding(
        "signature-not-checked",
        Severity.MEDIUM,
        f"签名“{field}”使用的算法（{algorithm}）本程序不能验证。请用签章厂商的工具验证；这既不表示有效，也不表示被改动。",
        f"Signature “{field}” uses an algorithm that cannot be checked here ({algorithm}). Verify it with its vendor's "
        "tool; that is neither a good nor a bad sign.",
        field,
        algorithm=algorithm,
    )


def changed_after(field: str, level: str) -> Finding:
    """Content was appended that no permitted addition explains."""
    return _finding(
        "changed-after-signing",
        Severity.HIGH,
        f"签名“{field}”之后，文件又追加了内容，且不属于签名、时间戳、填表等允许的追加。"
        "被签名的部分没有被覆盖，可以还原出来对照。",
        f"After signature “{field}” content was appended that is no permitted addition (signature, time stamp, form "
        "filling). The signed part is still in the file and can be restored for comparison.",
        field,
        changes=level,
    )


def uncovered_tail(field: str) -> Finding:
    """Bytes stand behind all that is signed; mail gateways add such, and nothing that is shown changes."""
    return _finding(
        "uncovered-tail",
        Severity.LOW,
        f"最后一个签名“{field}”之后，文件末尾还有不属于任何签名的字节。显示的内容没有因此改变；传输或存储软件有时会这样追加。",
        f"Behind the last signature “{field}” stand bytes that no signature covers. What is shown is not changed by "
        "them; software that transfers or stores files sometimes adds such.",
        field,
    )


def coverage_unclear(field: str) -> Finding:
    """What the signature covers is not a whole revision of the file."""
    return _finding(
        "coverage-unclear",
        Severity.MEDIUM,
        f"签名“{field}”没有完整覆盖签名当时的文件，未覆盖的部分无法判断是否被改动。",
        f"Signature “{field}” does not cover the whole file as it was signed; nothing can be said about the rest.",
        field,
    )


def changes_unknown(field: str) -> Finding:
    """What was appended after the signature could not be analysed."""
    return _finding(
        "changes-not-checked",
        Severity.MEDIUM,
        f"签名“{field}”之后追加的内容无法分析，不能判断是否属于允许的追加。",
        f"What was appended after signature “{field}” could not be analysed; whether it is permitted is open.",
        field,
    )


def weak_digest(field: str, algorithm: str) -> Finding:
    """The digest no longer withstands forgery."""
    return _finding(
        "weak-digest",
        Severity.MEDIUM,
        f"签名“{field}”使用的摘要算法 {algorithm} 已不安全，单凭此签名不足以排除伪造。",
        f"Signature “{field}” uses the digest {algorithm}, which no longer withstands forgery.",
        field,
        algorithm=algorithm,
    )


def roots_not_configured() -> Finding:
    """Nothing to check trust against."""
    return _finding(
        "roots-not-configured",
        Severity.INFO,
        "没有配置受信任的根证书，未检查签名人是否可信。请设置 QUANCHENG_TRUST_ROOTS。",
        "No trusted roots are configured; trust in the signer was not checked. Set QUANCHENG_TRUST_ROOTS.",
    )


def untrusted(field: str, reason_zh: str, reason_en: str) -> Finding:
    """The chain does not end at a configured root."""
    return _finding(
        "certificate-untrusted",
        Severity.MEDIUM,
        f"签名“{field}”的证书不受信任：{reason_zh}。",
        f"The certificate of signature “{field}” is not trusted: {reason_en}.",
        field,
    )


def chain_unreadable(field: str, reason: str) -> Finding:
    """The chain holds what cannot be read here (SM2 certificates, for one)."""
    return _finding(
        "chain-not-checked",
        Severity.MEDIUM,
        f"签名“{field}”的证书链无法检查（可能使用了本程序不支持的算法），未判断是否可信。",
        f"The chain of signature “{field}” could not be checked ({reason}); trust was not judged.",
        field,
    )


def expired(field: str, at: datetime | None) -> Finding:
    """A certificate is past its validity, and nothing proves that it was used before."""
    when = f"{at:%Y-%m-%d}" if at else "?"
    return _finding(
        "certificate-expired",
        Severity.MEDIUM,
        f"签名“{field}”的证书有效期已过（{when}），且没有可信的时间戳证明签名作于有效期内。签名内容是否被改动另行判断。",
        f"The certificate of signature “{field}” is outside its validity ({when}), and no trusted time stamp proves "
        "that it signed within it. Integrity is judged apart.",
        field,
    )


def revoked(field: str, at: datetime) -> Finding:
    """A certificate of the chain was revoked before the proven time of signing."""
    return _finding(
        "certificate-revoked",
        Severity.HIGH,
        f"签名“{field}”的证书已于{at:%Y-%m-%d %H:%M}被吊销，没有证据表明签名作于吊销之前。",
        f"The certificate of signature “{field}” was revoked on {at:%Y-%m-%d %H:%M}; nothing proves it signed before.",
        field,
    )


def stamp_broken(field: str) -> Finding:
    """The time stamp is not over this signature, or its own signature is wrong."""
    return _finding(
        "time-stamp-broken",
        Severity.HIGH,
        f"签名“{field}”的时间戳与签名不符，不能证明签名时间。",
        f"The time stamp of signature “{field}” does not match it and proves no time.",
        field,
    )


def stamp_untrusted(field: str) -> Finding:
    """The authority's chain ends at no configured root."""
    return _finding(
        "time-stamp-untrusted",
        Severity.LOW,
        f"签名“{field}”的时间戳服务不在受信任的根证书之下，其时间只能作参考。",
        f"The time-stamp authority of signature “{field}” is under no trusted root; its time is a hint only.",
        field,
    )


def no_room(field: str) -> Finding:
    """No free place for the visible seal."""
    return _finding(
        "seal-no-room",
        Severity.LOW,
        "首页和末页都没有放得下可见签章的空白处，为不遮盖内容，改为不可见签名；签名效力不变。",
        "Neither the first nor the last page has room for the visible seal; the signature is invisible, and as strong.",
        field,
    )


def no_view(field: str, reason: str) -> Finding:
    """The page cannot be drawn, so a seal might cover something."""
    return _finding(
        "seal-no-view",
        Severity.LOW,
        "页面无法渲染，不能确定空白处，为不遮盖内容，改为不可见签名；签名效力不变。",
        f"The page cannot be drawn ({reason}), so no free place is known; the signature is invisible, and as strong.",
        field,
    )


def no_font(field: str, missing: str) -> Finding:
    """No font on this machine has the seal's characters."""
    return _finding(
        "seal-no-font",
        Severity.LOW,
        "本机没有能显示可见签章文字的中文字体，改为不可见签名。请安装 fonts-noto-cjk；签名效力不变。",
        "No font on this machine has the characters of the visible seal; the signature is invisible, and as strong. "
        "Install fonts-noto-cjk.",
        field,
        missing=missing,
    )


def _finding(code: str, severity: Severity, zh: str, en: str, field: str | None = None, **figures: str) -> Finding:
    named = {"field": field} if field else {}
    return Finding(code=code, severity=severity, sentence=Sentence(zh=zh, en=en), figures={**named, **figures})
