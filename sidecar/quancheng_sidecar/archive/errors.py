"""Errors of the archive that a person may see."""

from typing import ClassVar

from quancheng_plugin.errors import QuanchengError


class DocumentNotFound(QuanchengError):
    """The archive has no document of this id, or none that the person may see."""

    code: ClassVar[str] = "QC-ARCHIVE-NOT-FOUND"
