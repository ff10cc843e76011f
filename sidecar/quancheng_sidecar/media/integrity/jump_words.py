"""Why a burnt-in clock may have jumped, in words."""

from quancheng_plugin.sentence import Sentence
from quancheng_sidecar.media.device_habits import BY_PROGRAM

GRAVE = {
    "order": Sentence(
        zh="各段的画面时间换个次序正好首尾相接，像是各段的先后被调换",
        en="in another order the stretches follow on each other, as if parts had been exchanged",
    ),
    "coded-anew": Sentence(
        zh="该处编码程序重新开始，像是用软件剪去或拼接后重新编码",
        en="an encoding program started anew there, as after cutting or joining by a program",
    ),
    "joint": Sentence(
        zh="该处数据包也有拼接迹象，校准设备时钟不会如此",
        en="the packets show a joint there too, which setting the device's clock does not leave",
    ),
    BY_PROGRAM: Sentence(
        zh="画面由软件编码，不是设备原样的文件，像是剪去一段后重新导出；录制中按过暂停或校准时钟、后来又经转码，也会如此，"
        "请调取设备中的原始文件核对",
        en="a program coded the pictures, so this is not the device's own file: as if a part had been removed before"
        " exporting it; a pause, or a clock set while recording, that was converted later looks the same: compare the"
        " device's own file",
    ),
}
"""What makes a jump grave, by the figure `grave_by`."""


def ordinary(*, ahead: bool, goes_on: bool) -> Sentence:
    """What may have made a jump ahead, or back, that is not grave: what ordinary use explains is named beside a cut.

    `goes_on` says that the picture is seen to go on there.
    """
    if goes_on:
        return Sentence(
            zh="画面在该处看不出中断，像是录制中校准设备时钟（少有动静时按过暂停也会如此），请核对校时记录",
            en="the picture shows no break there, as where the device's clock is set while recording (or a pause in a"
            " scene where little moves)",
        )
    if ahead:
        return Sentence(
            zh="录制中按过暂停、设备只录有动静的画面、录制中校准设备时钟，或中间一段被删去，都会如此，"
            "仅凭画面不能区分，请核对经办人的说明与校时记录",
            en="a pause by the camera's button, a device that records only what moves, setting its clock while"
            " recording, and a part that was removed all do this; the picture alone does not tell which",
        )
    return Sentence(
        zh="录制中校准设备时钟、信号或画面卡顿，或插入、调换、重复了画面，都会如此，仅凭画面不能区分，请核对校时记录",
        en="setting the device's clock while recording, a signal that stalled, and pictures that were put in, exchanged"
        " or repeated all do this; the picture alone does not tell which",
    )
