"""Why a burnt-in clock may have jumped, in words."""

from quancheng_plugin.sentence import Sentence

EXCHANGED = Sentence(
    zh="各段的画面时间换个次序正好首尾相接，像是各段的先后被调换",
    en="in another order the stretches follow on each other, as if parts had been exchanged",
)
"""What makes a jump grave."""
BY_TURNS = Sentence(
    zh="几套走时轮流出现，像是轮流显示几台设备的画面（轮巡、切换通道）而各台时钟不一致；隔段调换等长的片段也会如此，"
    "请核对录制的是哪几路画面",
    en="several clocks show by turns, as where a screen goes through cameras that differ in time; exchanging every"
    " other part of one length does this too: please check which cameras were recorded",
)


def ordinary(*, ahead: bool, joint: bool, coded_anew: bool, exported: bool, goes_on: bool) -> Sentence:
    """What may have made a jump ahead, or back, that is not grave: what ordinary use explains is named beside a cut.

    `joint` says that the packets show a joint there, `coded_anew` that an encoding program starts anew at it,
    `exported` that a program coded the pictures of a file whose clock jumps ahead by many seconds, `goes_on` that the
    picture is seen to go on there.
    """
    if goes_on:
        return Sentence(
            zh="画面在该处看不出中断，像是录制中校准设备时钟（少有动静时按过暂停、这几秒的快慢被改过也会如此），"
            "请核对校时记录",
            en="the picture shows no break there, as where the device's clock is set while recording (or a pause in a"
            " scene where little moves, or some seconds at another speed)",
        )
    if coded_anew:
        return Sentence(
            zh="该处编码程序重新开始：用软件剪去或拼接后重新编码会如此，由软件编码收录的信号中断后接着录也会如此，"
            "请调取设备中的原始文件核对",
            en="an encoding program started anew there: cutting or joining by a program leaves this, and so does a"
            " signal coded by a program that broke off and was taken up again; compare the device's own file",
        )
    if exported:
        return Sentence(
            zh="画面由软件编码，可能不是设备原样的文件：录制中按过暂停或校准时钟、后来又经转码，会如此，剪去一段后重新导出"
            "也会如此，仅凭画面不能区分，请调取设备中的原始文件核对",
            en="a program coded the pictures, so this may not be the device's own file: a pause, or a clock set while"
            " recording, that was converted later does this, and so does a part removed before exporting; the picture"
            " alone does not tell which: compare the device's own file",
        )
    if ahead:
        return Sentence(
            zh="录制中按过暂停、设备只录有动静的画面、录制中校准设备时钟、切换到另一台设备的画面，或中间一段被删去，都会如此，"
            "仅凭画面不能区分，请核对经办人的说明与校时记录",
            en="a pause by the camera's button, a device that records only what moves, setting its clock while"
            " recording, going over to another device's picture, and a part that was removed all do this; the picture"
            " alone does not tell which",
        )
    if joint:
        return Sentence(
            zh="该处数据包也有接续迹象，单是校准设备时钟不会如此：信号中断或设备重启后接着录、其间时钟倒退，会如此，"
            "插入、调换、重复了画面也会如此，请核对设备日志与校时记录",
            en="the packets show a joint there too, which setting the clock alone does not leave: a recording taken up"
            " again after the signal broke off or the device started anew, its clock having gone back, does this, and"
            " so do pictures that were put in, exchanged or repeated",
        )
    return Sentence(
        zh="录制中校准设备时钟、信号或画面卡顿、切换到另一台设备的画面，或插入、调换、重复了画面，都会如此，"
        "仅凭画面不能区分，请核对校时记录",
        en="setting the device's clock while recording, a signal that stalled, going over to another device's picture,"
        " and pictures that were put in, exchanged or repeated all do this; the picture alone does not tell which",
    )
