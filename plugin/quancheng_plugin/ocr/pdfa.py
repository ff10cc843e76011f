"""Whether a file is PDF/A, and in words why not."""

from pathlib import Path

import pikepdf
from ocrmypdf.pdfa import file_claims_pdfa
from pikepdf import pdfa

from quancheng_plugin.findings import Finding, Severity
from quancheng_plugin.sentence import Sentence

# The reason is for the log of an operator; whole reports run to pages.
_MOST_REASON = 500


def pdfa_findings(path: Path) -> tuple[Finding, ...]:
    """None for a file that OCRmyPDF wrote and validated as PDF/A, else why it stayed a plain PDF."""
    if file_claims_pdfa(path)["pass"]:
        return ()
    with pikepdf.open(path) as pdf:
        pdfa.prepare(pdf, "2b")
        report = pdfa.check(pdf, "2b")
    failed = report.verdict == "fail"
    return (
        Finding(
            code="not-pdfa",
            severity=Severity.LOW if failed else Severity.INFO,
            sentence=_FAILED if failed else _UNSURE,
            figures={"reason": report.summary()[:_MOST_REASON]},
        ),
    )


_FAILED = Sentence(
    zh="该 PDF 不符合 PDF/A（例如字体未嵌入、颜色没有特性文件），按普通 PDF 归档，内容不受影响。",
    en="The PDF cannot be PDF/A (fonts not embedded, colours without profile, …) and was archived as plain PDF.",
)
_UNSURE = Sentence(
    zh="该 PDF 含有无法核验是否符合 PDF/A 的内容，按普通 PDF 归档，内容不受影响。",
    en="The PDF holds content that could not be checked against PDF/A, and was archived as plain PDF.",
)
