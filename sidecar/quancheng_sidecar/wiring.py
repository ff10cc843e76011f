"""The one place where the parts are put together."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from quancheng_sidecar.archive.port import Archive
from quancheng_sidecar.preserve.store import ContentStore
from quancheng_sidecar.settings import Settings, settings


@dataclass(frozen=True)
class Parts:
    """What services work with: the settings, the store of originals, the archive."""

    settings: Settings
    store: ContentStore
    archive: Archive

    @property
    def workdir(self) -> Path:
        """Folder for work in progress; what lies there may be wiped when no one works."""
        return self.settings.home / "work"


@cache
def parts() -> Parts:
    """The parts of this process, by its settings."""
    from quancheng_sidecar.archive.embedded.adapter import EmbeddedArchive  # noqa: PLC0415  needs Django's apps loaded

    own = settings()
    store = ContentStore(own.home / "store", sm3=own.sm3)
    return Parts(settings=own, store=store, archive=EmbeddedArchive(store))
