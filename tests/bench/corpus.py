"""A seeded archive of enforcement records to measure search on: each like a form or record card, none real."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘蔡蒋余杜叶程苏魏吕丁任沈姚"
    "卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤"
)
GIVEN = (
    "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰海波志红建国文斌宇浩凯健俊帆雪荣嘉泽航瑞晨鑫鹏辉"
    "坤锋彬翔永昌福生水金木火土根旺财顺利安康达兴隆盛茂源清澄渊港湾潮汐帆舵锚网梭蛟鲸鲨鲟"
)
PLACES = [
    "鼎海市沙埕港内港湾",
    "鼎海市东角渔港三号码头",
    "福瑶列岛以东海域",
    "台山列岛附近海域",
    "鼎海市秦屿镇渔货交易市场",
    "牛栏岗外侧锚地",
    "晴川湾养殖区",
    "小白鹭海滩以南两海里处",
    "硖门乡渔业码头",
    "店下镇滩涂养殖场",
    "嵛山岛芦竹码头",
    "鼎海市海洋与渔业执法大队询问室",
]
OFFENCES = [
    "在禁渔期内使用拖网从事捕捞作业",
    "未取得捕捞许可证擅自进行捕捞",
    "使用小于最小网目尺寸的网具进行捕捞",
    "超过核定航区航行作业",
    "未按规定配备职务船员",
    "伪造捕捞日志",
    "擅自改变海域用途",
    "未经批准非法占用海域",
    "违法收购禁渔期渔获物",
    "渔业船舶未经检验擅自下水作业",
    "关闭或拆除船舶定位终端设备",
    "拒绝阻碍渔政检查人员依法执行职务",
]
SENTENCES = [
    "执法人员向当事人出示执法证件并说明来意,告知其依法享有申请回避和陈述申辩的权利",
    "经现场清点，船上有渔获物若干筐，品种包括带鱼、鲳鱼、马鲛鱼和虾类",
    "执法人员对船舶证书、船员证书、捕捞日志逐项进行核对",
    "当事人对上述事实未提出异议，在笔录上逐页签名并按指印",
    "检查全过程使用执法记录仪同步录音录像，起止时间与本笔录记载一致",
    "现场对涉案网具进行测量，最小网目尺寸低于国家规定标准",
    "该船主机运转正常，驾驶台定位终端处于关闭状态",
    "执法人员依法对相关物品予以先行登记保存，并制作清单一式两份",
    "当事人称因家中经济困难，且不了解伏季休渔的具体规定，请求从轻处理",
    "经审查，其陈述申辩理由不成立，本机关不予采纳",
    "依照《中华人民共和国渔业法》的有关规定，应当予以行政处罚",
    "受送达人拒绝签收，送达人邀请见证人到场，将文书留置送达",
    "当日天气晴，东北风四级，能见度良好，海况平稳",
    "本次检查由两名执法人员共同进行，记录人负责制作笔录",
    "涉案船舶所有人为个体经营者，挂靠于当地渔业专业合作社",
    "询问过程中当事人情绪平稳，回答问题清楚",
    "案件经集体讨论，参加人员一致同意承办人提出的处理意见",
    "听证主持人核对参加人员身份，宣布听证纪律，告知权利义务",
    "根据调查取证情况，该行为持续时间较短，未造成严重危害后果",
    "声像资料已移交专人保管，存储于本部门专用存储器",
]
KINDS = [
    "现场检查（勘验）笔录",
    "询问笔录",
    "送达回证",
    "陈述申辩笔录",
    "听证笔录",
    "行政处罚决定书",
    "查封（扣押）现场笔录",
    "声像资料登记卡",
    "立案审批表",
    "行政处罚事先告知书",
    "财物清单",
    "结案报告",
]


@dataclass(frozen=True)
class Record:
    """One made-up document: its title, case number, date and text of about 600 to 1,500 characters."""

    title: str
    case: str
    created: date
    party: str
    ship: str
    text: str


def records(count: int, *, seed: int = 20_260_301) -> Iterator[Record]:
    """`count` documents, four to a case; the same for the same seed."""
    rng = random.Random(seed)  # noqa: S311  a repeatable corpus, nothing secret
    for number in range(count):
        yield _record(rng, number)


def _name(rng: random.Random) -> str:
    return rng.choice(SURNAMES) + "".join(rng.choices(GIVEN, k=rng.choice((1, 2, 2))))


def _record(rng: random.Random, number: int) -> Record:
    year, serial = 2015 + number // 4 % 10, 1 + number // 40
    case = f"闽鼎海渔执罚〔{year}〕{serial}号"
    day = date(year, 1, 1) + timedelta(days=rng.randrange(365))
    form, party, ship = rng.choice(KINDS), _name(rng), f"闽鼎渔{rng.randrange(10_000, 99_999)}"
    hour, minute = rng.randrange(6, 20), rng.randrange(60)
    head = [
        "福建省鼎海市海洋与渔业局",
        form,
        f"文书编号：{case}",
        f"检查时间：{day.year}年{day.month}月{day.day}日{hour}时{minute}分至{hour + 1}时{rng.randrange(60)}分",
        f"检查地点：{rng.choice(PLACES)}",
        f"当事人：{party}  身份证号：3522{rng.randrange(10**13):013d}X  电话：13{rng.randrange(10**9):09d}",
        f"船名号：{ship}  主机功率{rng.randrange(50, 900)}千瓦",
        f"检查人员：{_name(rng)}、{_name(rng)}  执法证号：{rng.randrange(10**10):010d}",
        f"案由：涉嫌{rng.choice(OFFENCES)}",
    ]
    return Record(form + " " + case, case, day, party, ship, "\n".join([*head, _body(rng)]))


def _body(rng: random.Random) -> str:
    wanted, body = rng.randrange(350, 1250), list[str]()
    while sum(map(len, body)) < wanted:
        body.append(rng.choice(SENTENCES))
        if rng.random() < 0.4:
            body.append(f"，{_name(rng)}{rng.choice(('称', '签名', '在场见证', '负责记录', '参加讨论'))}")
        if rng.random() < 0.3:
            body.append(f"，共{rng.randrange(2, 4000)}公斤，价值{rng.randrange(100, 90_000)}元")
        if rng.random() < 0.5:
            body.append("".join(rng.choices(GIVEN + SURNAMES, k=rng.randrange(4, 14))))
        body.append("。")
    return "".join(body)
