"""The stages of enforcement that are recorded, and the kinds of case."""

from enum import StrEnum


class Stage(StrEnum):
    """Stages that Art. 5 names, with seizure and questioning by rule of the bureau."""

    INSPECTION = "inspection"  # 现场检查, Art. 5(1)
    SEIZURE = "seizure"  # 查封扣押
    SERVICE = "service"  # 文书送达, Art. 5(2)
    STATEMENT = "statement"  # 听取陈述、申辩, Art. 5(3)
    QUESTIONING = "questioning"  # 询问
    HEARING = "hearing"  # 听证, Art. 5(4)
    DECISION = "decision"  # 集体决策, Art. 5(5)

    @property
    def zh(self) -> str:
        """The stage in the words of the regulation."""
        return _STAGE_ZH[self]

    @classmethod
    def parse(cls, text: str) -> "Stage":
        """The stage by its code or its Chinese name; raises ValueError for anything else."""
        for stage, zh in _STAGE_ZH.items():
            if text.strip() in {stage.value, zh}:
                return stage
        msg = f"环节应为：{'、'.join(_STAGE_ZH.values())}；收到“{text}”。"
        raise ValueError(msg)


_STAGE_ZH = {
    Stage.INSPECTION: "现场检查",
    Stage.SEIZURE: "查封扣押",
    Stage.SERVICE: "文书送达",
    Stage.STATEMENT: "陈述申辩",
    Stage.QUESTIONING: "询问",
    Stage.HEARING: "听证",
    Stage.DECISION: "集体决策",
}


class CaseKind(StrEnum):
    """Kinds of enforcement (Art. 2)."""

    PERMIT = "permit"  # 行政许可
    PENALTY = "penalty"  # 行政处罚
    LEVY = "levy"  # 行政征收
    COERCION = "coercion"  # 行政强制
    INSPECTION = "inspection"  # 行政检查
