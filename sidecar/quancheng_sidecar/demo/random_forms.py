"""Forms of any kind, layout, face and wording, each with the truth that a reader must find."""

import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone

from quancheng_plugin.forms.stages import Stage
from quancheng_sidecar.demo.form_wording import (
    CAUSES,
    KINDS,
    OFFICES,
    Kind,
    company,
    date_words,
    interval_words,
    moment_words,
    people,
    person,
    place,
    ship,
)
from quancheng_sidecar.demo.forms import FormSpec, Layout, Pair
from quancheng_sidecar.demo.wear import Wear

_CHINA = timezone(timedelta(hours=8))
_LAYOUTS: tuple[Layout, ...] = ("lines", "lines", "table", "table", "stacked")
_PRINTED = ("Noto Serif CJK SC", "Noto Sans CJK SC", "AR PL UMing CN", "WenQuanYi Zen Hei", "WenQuanYi Micro Hei")
_FILLED = ("AR PL UKai CN", "AR PL UKai CN", "Noto Serif CJK SC", "Noto Sans CJK SC", "AR PL UMing CN")


@dataclass(frozen=True)
class Truth:
    """What the form says: None where it says nothing. `number` is normalised, times carry +08:00."""

    code: str
    title: str
    number: str | None
    start: datetime | None
    end: datetime | None
    party: str
    fields: dict[str, str] = field(default_factory=dict)


def random_form(seed: int) -> tuple[FormSpec, Wear, Truth]:
    """A form, how worn its scan is, and what it says; the same seed gives the same."""
    rng = random.Random(seed)
    kind = rng.choice(KINDS)
    office = rng.choice(OFFICES)
    start = datetime(2026, 1, 1, tzinfo=_CHINA) + timedelta(minutes=rng.randrange(365 * 24 * 60))
    end = start + timedelta(minutes=rng.choice((7, 25, 45, 80, 150)))
    party = company(rng) if rng.random() < 0.5 else person(rng)  # noqa: PLR2004 - an even chance
    number, number_written = _number(rng, office.abbreviation, kind, start.year)
    details = {"ship": ship(rng), "place": place(rng)}
    values = _values(rng, kind, (start, end), party, details)
    spec = _laid_out(rng, kind, office.name, values, (start, end), party, number_written)
    told = {key: details[key] for key in details if any(value == details[key] for _, value in values)}
    moment = kind.stage is Stage.SERVICE
    truth = Truth(kind.code, spec.title, number, start, None if moment else end, party, told)
    return spec, _wear(rng, office.name), truth


def _number(rng: random.Random, office: str, kind: Kind, year: int) -> tuple[str | None, str | None]:
    """A number as normalised and as printed, or none where this sheet carries none."""
    if rng.random() < kind.unnumbered:
        return None, None
    serial = rng.randrange(1, 400)
    left, right = rng.choice(("〔〕", "〔〕", "[]", "（）", "()", "【】", "〖〗"))
    printed = rng.choice((f"{serial}", f"{serial:02d}", f"第{serial}", f"第{serial:03d}", f" {serial} "))
    return f"{office}{kind.mark}〔{year}〕{serial}号", f"{office}{kind.mark}{left}{year}{right}{printed}号"


def _values(
    rng: random.Random, kind: Kind, times: tuple[datetime, datetime], party: str, details: dict[str, str]
) -> tuple[Pair, ...]:
    moment = kind.stage is Stage.SERVICE
    written = moment_words(rng, times[0]) if moment else interval_words(rng, *times)
    head = [(rng.choice(kind.time_labels), written), (rng.choice(kind.place_labels), details["place"])]
    middle = [(rng.choice(kind.party_labels), party)]
    if kind.ship and rng.random() < 0.7:  # noqa: PLR2004 - most fishery forms name the ship
        middle.append((rng.choice(("船名号", "船名", "渔船名称")), details["ship"]))
    extras = [(label, _extra(rng, label)) for label in kind.extras if rng.random() < 0.8]  # noqa: PLR2004 - most, not all
    blocks = [head, middle, extras]
    if rng.random() < 0.35:  # noqa: PLR2004 - the order differs from form to form
        blocks = [middle, head, extras]
    return tuple(pair for block in blocks for pair in block)


def _extra(rng: random.Random, label: str) -> str:
    if label == "性别":
        return rng.choice("男女")
    if label == "拒收事由":
        return ""
    if "证件号" in label or "证号" in label:
        return "、".join(f"3501{rng.randrange(10000):04d}" for _ in range(2))
    if "电话" in label or label == "联系方式":
        return f"1{rng.choice('3578')}{rng.randrange(10**9):09d}"
    return {
        "案由": rng.choice(CAUSES),
        "检查机关": rng.choice(OFFICES).name,
        "送达方式": rng.choice(("直接送达", "留置送达", "邮寄送达")),
        "文书名称及文号": f"行政处罚决定书（{rng.choice(OFFICES).abbreviation}罚〔2026〕{rng.randrange(1, 300)}号）",
        "船籍港": rng.choice(("沙埕港", "黄岐港", "三沙港")),
        "地址": place(rng),
    }.get(label) or (people(rng) if label.endswith("人员") or label in {"询问人", "送达人"} else person(rng))


def _laid_out(  # noqa: PLR0913, PLR0917 - the parts of one sheet
    rng: random.Random,
    kind: Kind,
    office: str,
    values: tuple[Pair, ...],
    times: tuple[datetime, datetime],
    party: str,
    number: str | None,
) -> FormSpec:
    title = rng.choice(kind.titles)
    apart = rng.random() < 0.6  # noqa: PLR2004 - the office stands on its own line more often than not
    printed = rng.choice(_PRINTED)
    return FormSpec(
        title=title if apart else f"{office}{rng.choice(('', chr(10)))}{title}",
        office=office if apart else "",
        values=values,
        number=number,
        number_label=rng.choice(("", "", "文号：", "编号：", "案号：")),
        number_place=rng.choice(("right", "right", "centre")),
        body=tuple(line.format(party=party, office=office) for line in rng.choice(kind.bodies)),
        signatures=tuple(f"{label}签名" for label in rng.sample(("当事人", "见证人", "执法人员", "记录人"), 3)),
        date_line=date_words(rng, times[0]),
        layout=rng.choice(_LAYOUTS),
        pairs_share_rows=rng.random() < 0.6,  # noqa: PLR2004 - rows of one pair are the minority
        colon=rng.choice(("：", "：", ":", "： ")),
        title_spacing_em=rng.choice((0, 0, 0.15, 0.4)),
        title_size_pt=rng.choice((18, 20, 22, 24)),
        size_pt=rng.choice((10.5, 12, 12, 14)),
        line_height=rng.choice((1.6, 1.9, 2.2)),
        spread_labels=rng.random() < 0.3,  # noqa: PLR2004 - an old habit of print shops
        ruled=rng.random() < 0.7,  # noqa: PLR2004 - blanks are mostly ruled
        font=printed,
        title_font=rng.choice((printed, "Noto Serif CJK SC")),
        filled_font=rng.choice(_FILLED),
        page_break_before_body=rng.random() < 0.15,  # noqa: PLR2004 - some run to two sheets
    )


def _wear(rng: random.Random, office: str) -> Wear:
    return Wear(
        skew_deg=round(rng.uniform(-1.5, 1.5), 2),
        noise=rng.choice((0, 4, 8, 14)),
        blur=rng.choice((0, 0.4, 0.7, 1.0)),
        contrast=rng.choice((1.0, 0.85, 0.7)),
        shade=rng.choice((0, 0, 25, 50)),
        speckles=rng.choice((0, 40, 200)),
        jpeg_quality=rng.choice((35, 55, 75, 90)),
        stamp=rng.random() < 0.4,  # noqa: PLR2004 - many copies are unsealed
        stamp_unit=office,
        stamp_at=(rng.uniform(0.25, 0.8), rng.uniform(0.2, 0.85)),
        dpi=rng.choice((150, 200, 200, 300)),
    )
