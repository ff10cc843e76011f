"""Habits of a device 设备习惯: what its recordings show again and again, as values that can be counted."""

from enum import StrEnum

from pydantic import BaseModel, ConfigDict


class Habit(StrEnum):
    """One thing in which devices differ, whatever they film."""

    CONTAINER = "container"
    BRANDS = "brands"
    BOXES = "boxes"
    TRACKS = "tracks"
    WRITER = "writer"
    ENCODER = "encoder"
    CODECS = "codecs"
    GROUP = "group"
    REORDERED = "reordered"
    PARAMETERS = "parameters"
    EDIT_LIST = "edit-list"
    CLOCK = "clock"
    NAME = "name"

    @property
    def zh(self) -> str:
        """The habit as a custodian reads it."""
        return _WORDS[self][0]

    @property
    def en(self) -> str:
        """The habit in English."""
        return _WORDS[self][1]


_WORDS = {
    Habit.CONTAINER: ("封装格式", "container"),
    Habit.BRANDS: ("格式标识", "brands"),
    Habit.BOXES: ("文件结构的次序", "order of boxes"),
    Habit.TRACKS: ("轨道名称", "names of tracks"),
    Habit.WRITER: ("封装程序", "writing program"),
    Habit.ENCODER: ("编码器痕迹", "traces of the encoder"),
    Habit.CODECS: ("编码格式", "codecs"),
    Habit.GROUP: ("关键帧间隔", "length of groups of pictures"),
    Habit.REORDERED: ("双向预测帧", "pictures out of order (B)"),
    Habit.PARAMETERS: ("编码参数的位置", "place of parameter sets"),
    Habit.EDIT_LIST: ("编辑列表", "edit lists"),
    Habit.CLOCK: ("创建时间的写法", "what the creation time means"),
    Habit.NAME: ("文件名格式", "pattern of file names"),
}


class Habits(BaseModel):
    """What one recording shows: a word for each habit, and the signs that its device may always leave.

    `signs` are findings by code (with the edge they lie at, `stream-length-mismatch:end`) and their size: seconds
    where the finding has a length, else 0.
    """

    model_config = ConfigDict(frozen=True)

    shown: dict[Habit, str] = {}
    signs: dict[str, float] = {}
