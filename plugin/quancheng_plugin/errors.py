"""The root of every error that a person may see."""

import errno
from typing import ClassVar, Self

from quancheng_plugin.sentence import Sentence


class QuanchengError(Exception):
    """Something could not be done; `code` is stable, the sentence says what to do next.

    Subclasses set `code` (``QC-<AREA>-<NAME>``) and are raised with both sentences:
    ``raise EmptyFile(zh="…", en="…")``. Status numbers of HTTP are mapped in `web/` alone.
    """

    code: ClassVar[str] = "QC-INTERNAL"

    def __init__(self, *, zh: str, en: str) -> None:
        """Keep both sentences; `str()` gives the Chinese one."""
        super().__init__(zh)
        self.sentence = Sentence(zh=zh, en=en)


class UnreadableInput(QuanchengError):
    """The file itself is at fault (empty, truncated, wrong type, locked): keep it in quarantine."""

    code = "QC-INPUT"


class EmptyFile(UnreadableInput):
    """A file of no bytes."""

    code = "QC-INPUT-EMPTY"


class UnsupportedType(UnreadableInput):
    """The bytes are of a type that is not accepted, whatever the extension says."""

    code = "QC-INPUT-TYPE"


class DamagedFile(UnreadableInput):
    """The file is of an accepted type but breaks off or contradicts itself."""

    code = "QC-INPUT-DAMAGED"


class PasswordProtected(UnreadableInput):
    """A PDF that cannot be opened without a password."""

    code = "QC-INPUT-PASSWORD"


class TooManyPages(UnreadableInput):
    """More pages than `QUANCHENG_MAX_PAGES`."""

    code = "QC-INPUT-PAGES"


class LimitExceeded(UnreadableInput):
    """Processing was stopped at its bound of time or memory."""

    code = "QC-INPUT-LIMIT"


class ToolMissing(QuanchengError):
    """An outside program that the work needs is not installed or too old."""

    code = "QC-TOOL-MISSING"


class StorageFull(QuanchengError):
    """No room left where the bytes should go."""

    code = "QC-STORE-FULL"
    numbers: ClassVar = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
    """How the system itself says so."""

    @classmethod
    def at(cls, place: object) -> Self:
        """The error for a step that met it at `place`, a path or the name of a program."""
        return cls(
            zh=f"磁盘空间不足（{place}），这一步没有完成。请腾出空间后重试。",
            en=f"No room left on disk ({place}); this step was not finished. Make room, then retry.",
        )
