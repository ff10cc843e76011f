"""Whether recordings agree with the times that forms state (Art. 5, last sentence)."""

from quancheng_sidecar.core.agreement.judge import judge
from quancheng_sidecar.core.agreement.values import (
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
