"""The one place where the parts are put together."""

import logging
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import structlog

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
    # Here, because both need Django's apps loaded.
    from quancheng_sidecar.archive.embedded.adapter import EmbeddedArchive  # noqa: PLC0415
    from quancheng_sidecar.archive.paperless.adapter import PaperlessArchive  # noqa: PLC0415

    own = settings()
    store = ContentStore(own.home / "store", sm3=own.sm3)
    archive = PaperlessArchive(store) if own.paperless_url else EmbeddedArchive(store)
    return Parts(settings=own, store=store, archive=archive)


def configure_logs() -> None:
    """Send what this process tells to standard error: ours from `log_level` on, of libraries only what is wrong."""
    level = logging.getLevelNamesMapping()[settings().log_level.upper()]
    structlog.configure(
        processors=[
            structlog.stdlib.add_log_level,
            structlog.processors.TimeStamper(fmt="iso"),
            # Without local variables: they may hold a passphrase or a party's name.
            structlog.dev.ConsoleRenderer(
                colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
            ),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    logging.basicConfig(level=max(level, logging.WARNING), stream=sys.stderr)
    # It tells of every signature that does not hold, with a traceback; our report says so in words.
    logging.getLogger("pyhanko").setLevel(max(level, logging.CRITICAL))
