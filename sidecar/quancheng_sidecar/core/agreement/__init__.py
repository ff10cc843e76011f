"""Whether recordings agree with the times that forms state (Art. 5, last sentence), and are whole (Art. 4)."""

from quancheng_sidecar.core.agreement.chain_findings import View, chain_findings, chained
from quancheng_sidecar.core.agreement.chains import chains
from quancheng_sidecar.core.agreement.judge import judge
from quancheng_sidecar.core.agreement.segments import Chain, Joint, Member, Segment
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
    "Chain",
    "FormTime",
    "Hole",
    "Joint",
    "LeftOut",
    "Member",
    "RecordedSpan",
    "Rule",
    "Segment",
    "Stretch",
    "Verdict",
    "View",
    "World",
    "chain_findings",
    "chained",
    "chains",
    "judge",
]
