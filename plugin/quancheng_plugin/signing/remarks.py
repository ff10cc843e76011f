"""The findings of signing and verifying, each with its code, weight and both sentences."""

from quancheng_plugin.findings import Finding, Severity
from quancheng_plugin.sentence import Sentence


def development_signature(field: str) -> Finding:
    """The signer is a development certificate."""
    return _finding(
        "development-signature",
        Severity.MEDIUM,
        "此签名由开发用证书作出，没有法律效力。正式使用前请配置单位的签名证书。",
        "Signed with a development certificate: no legal force. Configure the unit's certificate before real use.",
        field,
    )


def _finding(
    code: str, severity: Severity, zh: str, en: str, field: str | None = None, **figures: str | int
) -> Finding:
    named = {"field": field} if field else {}
    return Finding(code=code, severity=severity, sentence=Sentence(zh=zh, en=en), figures={**named, **figures})
