"""The catalogue of forms as data."""

from collections.abc import Callable
from pathlib import Path

import pytest

from quancheng_plugin.forms.catalogue import CatalogueInvalid, Recording, UnknownForm, catalogue
from quancheng_plugin.forms.reader import read
from quancheng_plugin.forms.stages import Stage
from quancheng_plugin.ocr.lines import TextLine
from quancheng_plugin.settings import PluginSettings

# The 38 forms in public use, the further records of Art. 3 and the stage forms of Art. 5.
_NAMES = """
指定管辖通知书 案件交办通知书 协助调查函 协助调查结果告知函 案件移送函 涉嫌犯罪案件移送书 当场行政处罚决定书
立案/不予立案审批表 撤销立案审批表 责令改正通知书 询问笔录 现场检查(勘验)笔录 抽样取证凭证 抽样检测结果告知书
产品确认通知书 证据先行登记保存通知书 先行登记保存物品处理通知书 查封(扣押)决定书 查封(扣押)现场笔录
解除查封(扣押)决定书 财物清单 案件中止调查决定书 恢复案件调查决定书 案件处理意见书 行政处罚事先告知书
不予行政处罚决定书 行政处罚决定审批表 行政处罚决定书 听证会通知书 听证笔录 听证会报告书 送达回证 送达回执 催告书
强制执行申请书 延期(分期)缴纳罚款通知书 罚没物品处理记录 结案报告
鉴定意见 专家论证报告 听证报告 内部审批表 受理回执 陈述申辩笔录 重大案件集体讨论记录
现场检查笔录 现场勘验笔录 当场处罚决定书
""".split()  # noqa: SIM905 - one name a word reads best


def test_every_form_of_the_domain_is_listed(settings: PluginSettings) -> None:
    """Each name finds a form, with brackets of either width or without what they hold."""
    names = catalogue(settings).names
    bare = [name.replace("(", "").replace(")", "").replace("/", "") for name in _NAMES]
    assert [name for name in bare if name not in names] == []


def test_codes_are_unique_and_names_lead_to_one_form(settings: PluginSettings) -> None:
    """No two forms share a code or a spelling of their names."""
    forms = catalogue(settings).forms
    assert len({form.code for form in forms}) == len(forms)
    spellings = [name for form in forms for name in {form.name, *form.variants}]
    assert len(spellings) == len(set(spellings))


def test_every_stage_has_its_form_with_time_and_recording(settings: PluginSettings) -> None:
    """Art. 5: each stage is documented by forms that carry its time and say whether to record."""
    staged = [form for form in catalogue(settings).forms if form.stage]
    assert {form.stage for form in staged} == set(Stage)
    for form in staged:
        assert form.time != "none"
        assert form.conditions
        assert form.recording is not Recording.NONE
    always = {form.stage for form in staged if form.recording is Recording.ALWAYS}
    assert always == {Stage.SEIZURE, Stage.HEARING}


def test_forms_without_a_stage_carry_no_time_of_an_act(settings: PluginSettings) -> None:
    """A decision's date is not the time of a recorded stage."""
    assert [form.code for form in catalogue(settings).forms if form.stage is None and form.time != "none"] == []


def test_an_unknown_code_is_refused_by_name(settings: PluginSettings) -> None:
    """The error names the code."""
    with pytest.raises(UnknownForm, match="no-such-form") as refused:
        catalogue(settings).by_code("no-such-form")
    assert refused.value.code == "QC-FORMS-UNKNOWN"


_EXTRA = """
[[form]]
code = "gear-destruction-record"
name = "渔具销毁现场记录"
kinds = ["penalty"]
stage = "seizure"
recording = "always"
conditions = "销毁过程应当全程录音录像。"
time = "interval"
uses = ["number", "place_of_seizure", "recorder"]

[[form.fields]]
key = "interval"
role = "interval"
labels = ["销毁时间"]

[[form.fields]]
key = "party"
role = "party"
labels = ["渔具所有人"]

[[form.fields]]
key = "gear"
role = "other"
labels = ["销毁渔具"]
"""


def test_a_new_form_is_added_by_data_alone(tmp_path: Path, lay: Callable[..., list[TextLine]]) -> None:
    """A form in the operator's file is named and read like the shipped ones, with shared and own fields."""
    extra = tmp_path / "更多文书.toml"
    extra.write_text(_EXTRA, "utf-8")
    settings = PluginSettings(forms_extra=extra)
    reading = read(
        lay(
            "渔具销毁现场记录",
            "销毁时间：2026年3月1日9时30分至10时15分",
            "地点：沙埕港",
            "渔具所有人：林海生",
            "销毁渔具：拖网三张",
        ),
        settings,
    )
    assert reading.form is not None
    assert (reading.form.code, reading.form.stage, reading.form.recording) == (
        "gear-destruction-record",
        "seizure",
        "always",
    )
    assert reading.interval is not None
    assert reading.interval.start is not None
    assert reading.party is not None
    assert (reading.party.value, reading.fields["gear"].value, reading.fields["place"].value) == (
        "林海生",
        "拖网三张",
        "沙埕港",
    )
    assert reading.review == ()


def test_an_entry_of_the_same_code_replaces_the_shipped_one(tmp_path: Path) -> None:
    """The operator's word on a form is the last."""
    extra = tmp_path / "forms.toml"
    extra.write_text('[[form]]\ncode = "hearing-record"\nname = "听证记录本"\nkinds = ["permit"]\n', "utf-8")
    forms = catalogue(PluginSettings(forms_extra=extra))
    assert forms.by_code("hearing-record").name == "听证记录本"
    assert len(forms.forms) == len(catalogue(PluginSettings(forms_extra=None)).forms)


@pytest.mark.parametrize(
    "text",
    [
        "not toml [",
        '[[form]]\ncode = "x"\n',
        '[[form]]\ncode = "x"\nname = "某某书"\nkinds = []\nuses = ["none"]\n',
        '[[form]]\ncode = "x"\nname = "某某书"\nkinds = []\nuses = ["number"]\nprinted = ["place"]\n',
    ],
)
def test_a_broken_file_is_refused_with_its_name(tmp_path: Path, text: str) -> None:
    """Neither bad TOML, a broken schema nor an unknown field passes in silence."""
    extra = tmp_path / "forms.toml"
    extra.write_text(text, "utf-8")
    with pytest.raises(CatalogueInvalid, match=r"forms\.toml"):
        catalogue(PluginSettings(forms_extra=extra))


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    """A path that leads nowhere is an error, not an empty catalogue."""
    with pytest.raises(CatalogueInvalid, match=r"gone\.toml"):
        catalogue(PluginSettings(forms_extra=tmp_path / "gone.toml"))
