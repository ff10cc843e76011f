"""The case that the demo tells: five forms, and recordings that agree with them, fall short, or are missing."""

from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path

from quancheng_plugin.forms.stages import Stage
from quancheng_sidecar.demo.forms import FormSpec, scan
from quancheng_sidecar.demo.recordings import ClockStyle, RecordingSpec, cut_middle, write_recording
from quancheng_sidecar.demo.wear import Wear

CASE = "闽海渔执罚〔2026〕37号"
OFFICE = "福建省海洋与渔业执法总队"
PARTY = "林海生"
SHIP = "闽连渔60237"
_CHINA = timezone(timedelta(hours=8))


def _at(clock: str, day: int = 1) -> datetime:
    return datetime.fromisoformat(f"2026-03-{day:02d}T{clock}+08:00")


@dataclass(frozen=True)
class Form:
    """A form to print and scan; `file_name` decides its format."""

    file_name: str
    spec: FormSpec
    wear: Wear


@dataclass(frozen=True)
class Clip:
    """A recording to make; `cut` is a stretch (seconds) that someone removed from its middle."""

    file_name: str
    stage: Stage
    spec: RecordingSpec
    cut: tuple[float, float] | None = None


_PEOPLE = (("执法人员", "陈志明、王建华"), ("执法证件号", "35010012、35010047"))

FORMS = (
    Form(
        "01 现场检查笔录.jpg",
        FormSpec(
            title="现场检查（勘验）笔录",
            office=OFFICE,
            values=(
                ("检查时间", "2026年3月1日9时30分至9时32分"),
                ("检查地点", "连江县黄岐渔港3号泊位"),
                ("当事人", PARTY),
                ("船名号", SHIP),
                ("检查机关", OFFICE),
                ("检查人员", "陈志明、王建华"),
                ("执法证件号", "35010012、35010047"),
                ("记录人", "王建华"),
            ),
            body=(
                "检查情况：执法人员出示执法证件后登船检查。该船停靠于3号泊位，渔舱内存放渔获物约三百公斤。",
                "船长现场未能出示有效的海洋渔业捕捞许可证。检查过程由执法记录仪全程录音录像。",
            ),
            signatures=("当事人", "检查人员", "记录人"),
        ),
        Wear(skew_deg=1.4, noise=6, blur=0.5, contrast=0.9, jpeg_quality=72, stamp=True),
    ),
    Form(
        "02 查封扣押现场笔录.png",
        FormSpec(
            title="查封（扣押）现场笔录",
            office=OFFICE,
            values=(
                ("时间", "2026年3月1日10时05分到10时07分"),
                ("地点", "连江县黄岐渔港3号泊位"),
                ("当事人", PARTY),
                *_PEOPLE,
                ("记录人", "王建华"),
            ),
            body=(
                "现场情况：执法人员当场告知当事人采取行政强制措施的理由、依据以及依法享有的权利，对拖网一张予以扣押。",
            ),
            layout="table",
            font="Noto Sans CJK SC",
            signatures=("当事人", "执法人员", "见证人"),
        ),
        Wear(skew_deg=-1.0, noise=5, contrast=0.95),
    ),
    Form(
        "03 询问笔录.pdf",
        FormSpec(
            title="询问笔录",
            office=OFFICE,
            values=(
                ("询问时间", "2026年3月1日11时00分至11时02分"),
                ("询问地点", "执法总队询问室"),
                ("被询问人", PARTY),
                ("当事人", PARTY),
                ("询问人", "陈志明、王建华"),
                ("记录人", "王建华"),
            ),
            body=(
                "问：请说明你的姓名和职务。",
                "答：我叫林海生，是闽连渔60237的船长。",
                "问：你是否持有捕捞许可证？",
                "答：许可证已过期，正在办理。",
            ),
            signatures=("被询问人", "询问人"),
        ),
        Wear(skew_deg=0.6, noise=3, jpeg_quality=90),
    ),
    Form(
        "04 送达回证.tif",
        FormSpec(
            title="送达回证",
            office=OFFICE,
            values=(
                ("受送达人", PARTY),
                ("文书名称及文号", "行政处罚事先告知书 闽海渔执罚告〔2026〕37号"),
                ("送达方式", "直接送达"),
                ("送达地点", "连江县黄岐镇渔港路8号"),
                ("送达时间", "2026年3月2日15时20分"),
                ("送达人", "陈志明、王建华"),
            ),
            layout="table",
            signatures=("受送达人", "送达人"),
        ),
        Wear(skew_deg=-0.8, noise=5),
    ),
    Form(
        "05 听证笔录.jpg",
        FormSpec(
            title="听证笔录",
            office=OFFICE,
            values=(
                ("案由", "涉嫌无证捕捞"),
                ("当事人", PARTY),
                ("听证时间", "2026年3月20日9时00分至10时10分"),
                ("听证地点", "执法总队听证室"),
                ("听证主持人", "郑国强"),
                ("记录人", "吴晓燕"),
            ),
            body=(
                "主持人核对听证参加人，宣布听证纪律，告知权利义务。案件承办人提出违法事实、证据和处罚建议，当事人进行陈述、申辩和质证。",
            ),
            signatures=("当事人", "听证主持人", "记录人"),
        ),
        Wear(skew_deg=1.0, noise=6, jpeg_quality=70),
    ),
)


def _spec(start: str, seconds: float, seed: int, *, day: int = 1) -> RecordingSpec:
    return RecordingSpec(
        start=_at(start, day),
        duration_s=seconds,
        size=(640, 360),
        fps=10,
        bitrate_kbps=900,
        make="DSJ",
        model="DSJ-A7",
        seed=seed,
    )


_CHINESE_CLOCK = ClockStyle(
    lines=("%Y年%m月%d日 %H:%M:%S",), font="NotoSansCJK-Regular.ttc", positions=("bottom-left",)
)

CLIPS = (
    Clip("DSJ_20260301_092950_0001.mp4", Stage.INSPECTION, _spec("09:29:50", 80, 11)),
    Clip("DSJ_20260301_093110_0002.mp4", Stage.INSPECTION, _spec("09:31:10", 75, 12)),
    # 25 seconds are missing between these two.
    Clip("DSJ_20260301_100450_0003.mp4", Stage.SEIZURE, _spec("10:04:50", 60, 13)),
    Clip("DSJ_20260301_100615_0004.mp4", Stage.SEIZURE, _spec("10:06:15", 60, 14)),
    # Someone removed 35 seconds from the middle with a program that codes anew.
    Clip("询问录像.mp4", Stage.QUESTIONING, _spec("10:59:55", 150, 15), cut=(50, 85)),
    # This device writes local time and labels it UTC, so its container is 8 hours off.
    Clip(
        "送达录像.mp4",
        Stage.SERVICE,
        _spec("15:19:40", 45, 16, day=2).model_copy(update={"creation": "local-as-utc", "clock": _CHINESE_CLOCK}),
    ),
)


def make_form(form: Form, folder: Path) -> Path:
    """Print and scan a form, unless it is already there."""
    path = folder / form.file_name
    return path if path.exists() else scan(form.spec, path, seed=len(form.file_name), wear=form.wear)


def make_clip(clip: Clip, folder: Path) -> Path:
    """Make a recording, unless it is already there."""
    path = folder / clip.file_name
    if path.exists():
        return path
    if clip.cut is None:
        return write_recording(clip.spec, path)
    whole = folder / f"整段-{clip.file_name}"
    write_recording(clip.spec, whole)
    cut_middle(whole, path, *clip.cut, reencode=True)
    whole.unlink()
    return path
