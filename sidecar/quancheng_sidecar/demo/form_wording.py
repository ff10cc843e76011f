"""The words that made-up forms are filled with: offices, people, ships, places, and ways to write a time."""

import random
from dataclasses import dataclass
from datetime import datetime

from quancheng_plugin.forms.stages import Stage


@dataclass(frozen=True)
class Office:
    """A unit and the abbreviation that leads its numbers."""

    name: str
    abbreviation: str


OFFICES = (
    Office("福鼎市海洋与渔业局", "闽鼎海渔执"),
    Office("福建省海洋与渔业执法总队", "闽海渔执"),
    Office("连江县海洋与渔业局", "闽连海渔"),
    Office("宁德市海洋与渔业局", "宁海渔"),
    Office("霞浦县农业农村局", "霞农（渔业）"),
    Office("平潭综合实验区海洋与渔业执法支队", "岚海渔执"),
)
CAUSES = (
    "涉嫌未取得捕捞许可证擅自进行捕捞案",
    "涉嫌在禁渔期进行捕捞案",
    "涉嫌使用禁用渔具案",
    "涉嫌使用小于最小网目尺寸的网具进行捕捞案",
)


@dataclass(frozen=True)
class Kind:
    """One kind of form: its titles and labels as different print shops have them.

    `mark` is the kind's sign in a number; `unnumbered` the share of sheets without one.
    """

    code: str
    stage: Stage
    titles: tuple[str, ...]
    time_labels: tuple[str, ...]
    place_labels: tuple[str, ...]
    party_labels: tuple[str, ...]
    extras: tuple[str, ...]
    bodies: tuple[tuple[str, ...], ...]
    mark: str
    unnumbered: float = 0.4
    ship: bool = True


KINDS = (
    Kind(
        "on-site-inspection-record",
        Stage.INSPECTION,
        ("现场检查（勘验）笔录", "现场检查(勘验)笔录", "现场检查笔录", "现场勘验笔录"),
        ("检查时间", "勘验时间", "检查（勘验）时间", "时间", "起止时间", "现场检查时间"),
        ("检查地点", "检查（勘验）地点", "地点", "检查场所"),
        ("当事人", "被检查人", "被检查单位", "被检查单位（人）", "被检查人（单位）"),
        ("法定代表人", "联系电话", "检查机关", "检查人员", "执法证件号", "记录人", "船籍港"),
        (
            (
                "检查情况：执法人员向{party}出示执法证件后登船检查，该船停靠于码头，渔舱内存放渔获物若干，船长未能出示有效的捕捞许可证。",
                "上述情况已由执法记录仪全程记录，并告知当事人申请回避的权利。依据行政处罚决定书闽海渔执罚〔2025〕9号，该船曾受处罚。",
            ),
            ("现场检查情况：经检查，船上网具共三张，网目尺寸经当场测量均小于规定。{office}执法人员当场制作本笔录。",),
        ),
        "检",
    ),
    Kind(
        "seizure-record",
        Stage.SEIZURE,
        ("查封（扣押）现场笔录", "查封(扣押)现场笔录", "扣押现场笔录"),
        ("时间", "查封（扣押）时间", "扣押时间", "起止时间"),
        ("地点", "查封（扣押）地点", "现场地点"),
        ("当事人", "当事人名称或姓名"),
        ("法定代表人", "执法人员", "执法证件号", "记录人"),
        (
            (
                "现场情况：执法人员当场告知当事人采取行政强制措施的理由、依据以及依法享有的权利、救济途径，听取了当事人的陈述和申辩。",
            ),
        ),
        "扣",
    ),
    Kind(
        "service-receipt",
        Stage.SERVICE,
        ("送达回证", "送达回执", "行政执法文书送达回证"),
        ("送达时间", "送达日期"),
        ("送达地点", "送达地址"),
        ("受送达人", "受送达单位（人）", "受送达人名称或姓名"),
        ("案由", "文书名称及文号", "送达方式", "送达人", "见证人", "拒收事由"),
        ((), ("注：受送达人拒绝签收的，由送达人、见证人签名或者盖章，将行政处罚决定书留在受送达人的住所。",)),
        "送",
        0.6,
        ship=False,
    ),
    Kind(
        "statement-record",
        Stage.STATEMENT,
        ("陈述申辩笔录", "陈述（申辩）笔录", "当事人陈述申辩笔录"),
        ("时间", "陈述申辩时间", "起止时间"),
        ("地点", "陈述申辩地点"),
        ("当事人", "当事人名称或姓名"),
        ("案由", "陈述申辩人", "联系电话", "承办人", "记录人"),
        (("陈述申辩内容：对{office}作出的行政处罚事先告知书提出如下意见：请求从轻处罚，船上人员均已悔改。",),),
        "申",
    ),
    Kind(
        "questioning-record",
        Stage.QUESTIONING,
        ("询问笔录", "询问（调查）笔录", "调查询问笔录"),
        ("询问时间", "时间", "调查时间"),
        ("询问地点", "地点", "调查地点"),
        ("当事人",),
        ("案由", "被询问人", "性别", "身份证号", "询问人", "记录人", "联系电话"),
        (
            (
                "问：我们是{office}的执法人员，这是我们的执法证件，请你过目。",
                "答：看清楚了。",
                "问：请你如实回答我们的询问。",
                "答：好的，当天我在船上负责起网作业。",
            ),
        ),
        "询",
        0.8,
    ),
    Kind(
        "hearing-record",
        Stage.HEARING,
        ("听证笔录", "听证会笔录"),
        ("听证时间", "时间"),
        ("听证地点", "地点"),
        ("当事人", "听证申请人"),
        ("案由", "法定代表人", "主持人", "记录人", "听证员"),
        (
            (
                "听证记录：主持人宣布听证会开始，核对听证参加人身份，宣布听证纪律。案件承办人陈述违法事实、证据和处罚建议。",
            ),
        ),
        "听",
        0.7,
        ship=False,
    ),
    Kind(
        "collective-discussion-record",
        Stage.DECISION,
        ("重大案件集体讨论记录", "案件集体讨论记录", "重大行政处罚案件集体讨论记录"),
        ("讨论时间", "时间", "会议时间"),
        ("讨论地点", "地点", "会议地点"),
        ("当事人",),
        ("案由", "主持人", "汇报人", "记录人", "参加人员"),
        (
            (
                "讨论记录：承办人汇报案情，参加人员一致认为本案事实清楚、证据确凿，同意按照行政处罚决定审批表的意见办理。",
            ),
        ),
        "议",
        0.7,
        ship=False,
    ),
)


def person(rng: random.Random) -> str:
    """A person's name of two or three characters."""
    given = rng.choice(("海生", "志明", "建华", "秀英", "伟", "国强", "小芳", "德胜", "永福", "丽", "文斌", "金水"))
    return rng.choice("陈林黄郑王李张吴刘蔡杨许谢曾") + given


def people(rng: random.Random) -> str:
    """Two officers, as the law asks (行政处罚法 Art. 42)."""
    return rng.choice("、，").join((person(rng), person(rng)))


def company(rng: random.Random) -> str:
    """A fishery company."""
    return (
        rng.choice(("福鼎市", "连江县", "霞浦县", "福建", "宁德"))
        + rng.choice(("远航", "鑫海", "闽东", "海之源", "顺达", "宏兴"))
        + rng.choice(("渔业有限公司", "水产养殖专业合作社", "远洋渔业有限公司", "冷冻食品有限公司"))
    )


def ship(rng: random.Random) -> str:
    """A fishing boat's name and number."""
    return rng.choice(("闽福鼎渔", "闽连渔", "闽霞渔", "闽狮渔", "闽宁渔运")) + f"{rng.randrange(1000, 99999):05d}"


def place(rng: random.Random) -> str:
    """A harbour, stretch of sea or street."""
    return rng.choice(
        (
            f"福鼎市沙埕港{rng.randrange(1, 20)}号泊位",
            f"连江县黄岐镇渔港路{rng.randrange(1, 200)}号",
            "霞浦县三沙中心渔港码头",
            f"北纬26°{rng.randrange(10, 59)}′、东经120°{rng.randrange(10, 59)}′附近海域",
            "福建省海洋与渔业执法总队询问室",
        )
    )


def date_words(rng: random.Random, at: datetime) -> str:
    """A date in one of the usual spellings."""
    return rng.choice(
        (f"{at.year}年{at.month}月{at.day}日", f"{_by_digits(at.year)}年{_count(at.month)}月{_count(at.day)}日")
    )


def moment_words(rng: random.Random, at: datetime) -> str:
    """A date and time in one of the spellings of real forms."""
    style = rng.choice(("plain", "plain", "spaced", "colon", "chinese", "iso"))
    return _date(at, style) + (" " if style in {"iso", "spaced"} else "") + _time(at, style)


def interval_words(rng: random.Random, start: datetime, end: datetime) -> str:
    """Start and end in one of the spellings of real forms; the end's date comes as a form would have it."""
    style = rng.choice(("plain", "plain", "plain", "spaced", "colon", "chinese", "iso", "points"))
    joint = rng.choice(("至", "至", "至", "到", "—", "～") if style != "iso" else ("至", "~", "-"))
    gap = " " if style == "spaced" else ""
    first = _date(start, style) + ("" if style not in {"iso", "spaced"} else " ") + _time(start, style)
    last = _time(end, style)
    if end.date() != start.date():
        last = rng.choice(("", "次日", f"{_written(end.day, style)}日" if style != "iso" else "次日")) + last
    elif rng.random() < 0.25:  # noqa: PLR2004 - the full date again is the rarer habit
        last = _date(end, style) + (" " if style == "iso" else "") + last
    return f"{first}{gap}{joint}{gap}{last}"


def _date(at: datetime, style: str) -> str:
    if style == "iso":
        return f"{at:%Y-%m-%d}"
    gap = " " if style == "spaced" else ""
    parts = ((_by_digits(at.year) if style == "chinese" else str(at.year), "年"), (at.month, "月"), (at.day, "日"))
    return gap.join(f"{part if isinstance(part, str) else _written(part, style)}{gap}{unit}" for part, unit in parts)


def _time(at: datetime, style: str) -> str:
    if style in {"colon", "iso"}:
        return f"{at.hour}{'：' if style == 'colon' else ':'}{at.minute:02d}"
    gap = " " if style == "spaced" else ""
    hour = "点" if style == "points" else "时"
    minute = f"{at.minute:02d}" if style != "chinese" else _count(at.minute)
    return f"{_written(at.hour, style)}{gap}{hour}{gap}{minute}{gap}分"


def _written(value: int, style: str) -> str:
    return _count(value) if style == "chinese" else str(value)


_DIGITS = "〇一二三四五六七八九"


def _by_digits(value: int) -> str:
    return "".join(_DIGITS[int(digit)] for digit in str(value))


def _count(value: int) -> str:
    """A number below a hundred in Chinese numerals: 〇, 十, 十五, 二十, 四十五."""
    tens, ones = divmod(value, 10)
    if not tens:
        return _DIGITS[ones]
    return ("" if tens == 1 else _DIGITS[tens]) + "十" + (_DIGITS[ones] if ones else "")
