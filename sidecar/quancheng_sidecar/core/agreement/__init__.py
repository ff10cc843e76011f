"""Whether recordings agree with the times that forms state (Art. 5, last sentence)."""

from quancheng_sidecar.core.agreement.judge import judge
from quancheng_sidecar.core.agreement.values import (
    CORRECTED,
    Agreement,
    Alternative,
    FormTime,
    Hole,
    LeftOut,
    RecordedSpan,
    Rule,
    Stretch,
    Verdict,
    World,
)

__all__ = [
    "CORRECTED",
    "Agreement",
    "Alternative",
    "FormTime",
    "Hole",
    "LeftOut",
    "RecordedSpan",
    "Rule",
    "Stretch",
    "Verdict",
    "World",
    "judge",
]
