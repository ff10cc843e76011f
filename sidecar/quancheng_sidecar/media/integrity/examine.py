"""The one path from a recording to its signs of editing or damage."""

from pathlib import Path

from quancheng_plugin.findings import Finding, Severity
from quancheng_plugin.sentence import Sentence
from quancheng_sidecar.media.report import Clock, Integrity, Probe
from quancheng_sidecar.settings import Settings


def examine(path: Path, probe: Probe, clock: Clock, settings: Settings) -> Integrity:
    """Examine a recording for signs of editing, damage and loss; signs are never proof, absence of signs neither."""
    findings = (*probe.findings, *clock.findings)
    return summed_up(findings, examined=(), not_examined=())


def summed_up(findings: tuple[Finding, ...], examined: tuple[str, ...], not_examined: tuple[str, ...]) -> Integrity:
    """Say in one sentence what was found, what was looked at and what was not."""
    marks = [f for f in findings if f.severity in {Severity.MEDIUM, Severity.HIGH}]
    checked = Sentence(
        zh=f"（已检查：{'、'.join(examined) or '无'}；未检查：{'、'.join(not_examined) or '无'}）",
        en=f" (examined: {', '.join(examined) or 'nothing'}; not examined: {', '.join(not_examined) or 'nothing'})",
    )
    if marks:
        head = Sentence(
            zh="发现疑点：" + "".join(f.sentence.zh for f in marks), en=" ".join(f.sentence.en for f in marks)
        )
    else:
        head = Sentence(zh="未发现剪接、删改迹象", en="No sign of cutting or alteration was found")
    return Integrity(
        signs=bool(marks),
        summary=Sentence(zh=f"{head.zh}{checked.zh}。", en=f"{head.en}{checked.en}."),
        examined=examined,
        not_examined=not_examined,
        findings=findings,
    )
