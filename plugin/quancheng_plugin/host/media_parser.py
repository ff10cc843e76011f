"""The parser by which Paperless-ngx takes in short recordings: entry point of `paperless_ngx.parsers`.

A recording is kept as it came and gets no archive file. Custody and analysis are the sidecar's: the outbox tells it.
"""

import logging
import os
import tempfile
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from types import TracebackType
from typing import Self

from quancheng_plugin.errors import QuanchengError, ToolMissing
from quancheng_plugin.host import ffmpeg, paperless
from quancheng_plugin.host.media_facts import MediaFacts, facts_of
from quancheng_plugin.host.media_icon import draw_icon, to_thumbnail
from quancheng_plugin.host.paperless import MetadataEntry, Row
from quancheng_plugin.settings import PluginSettings

_TYPES = {
    "video/mp4": ".mp4",
    "video/quicktime": ".mov",
    "video/x-matroska": ".mkv",
    "video/webm": ".webm",
    "video/x-msvideo": ".avi",
    "video/mpeg": ".mpg",
    "video/mp2t": ".ts",
    "video/MP2T": ".ts",
    "video/3gpp": ".3gp",
    "video/x-m4v": ".m4v",
    "video/x-flv": ".flv",
    "video/x-ms-asf": ".wmv",
    "audio/mpeg": ".mp3",
    "audio/mp4": ".m4a",
    "audio/x-m4a": ".m4a",
    "audio/x-wav": ".wav",
    "audio/wav": ".wav",
    "audio/ogg": ".ogg",
    "audio/flac": ".flac",
    "audio/x-hx-aac-adts": ".aac",
    "audio/aac": ".aac",
    "audio/amr": ".amr",
    "audio/AMR": ".amr",
}
_SCORE = 100
_MB = 1024 * 1024

logger = logging.getLogger("quancheng.paperless")


class MediaParser:
    """Thumbnail, text of the record and metadata of a recording; refuses what is too large for Paperless."""

    name = "Quancheng 全程（音像）"
    version = version("quancheng")
    author = "The Quancheng authors"
    url = "https://pypi.org/project/quancheng/"

    def __init__(self) -> None:
        self._settings = PluginSettings()
        self._folder = tempfile.TemporaryDirectory(
            prefix="quancheng-", dir=os.environ.get("PAPERLESS_SCRATCH_DIR"), ignore_cleanup_errors=True
        )
        self._facts: MediaFacts | None = None
        self._notes: list[Row] = []
        self._named = ""

    @classmethod
    def supported_mime_types(cls) -> dict[str, str]:
        """MIME types with their usual suffix."""
        return _TYPES

    @classmethod
    def score(cls, mime_type: str, filename: str, path: Path | None = None) -> int | None:  # noqa: ARG003 - the protocol's
        """Its own for the types that are supported; the document parser takes none of them."""
        return _SCORE if mime_type in _TYPES else None

    @property
    def can_produce_archive(self) -> bool:
        """It does not: a master is never rewritten."""
        return False

    @property
    def requires_pdf_rendition(self) -> bool:
        """Paperless' page plays the original."""
        return False

    def configure(self, context: object) -> None:
        """Nothing of the context matters here."""

    def parse(self, document_path: Path, mime_type: str, *, produce_archive: bool = True) -> None:  # noqa: ARG002 - the protocol's
        """Read what the file says of itself. Raises Paperless' ParseError for a file over the set size."""
        path = Path(document_path)
        self._refuse_large(path)
        self._named = path.name
        self._facts = self._read(path)

    def get_text(self) -> str:
        """Text of the record, by which the recording is found; PostgreSQL takes no NUL."""
        rows = [("文件名", self._named), *(self._facts.rows if self._facts else ()), *self._notes]
        return "\n".join(f"{key}：{value}" for key, value in rows).replace("\0", " ")

    def get_date(self) -> datetime | None:
        """What the device wrote, where it is credible; a person or the sidecar may know better."""
        return self._facts.created if self._facts else None

    def get_archive_path(self) -> Path | None:
        """None."""
        return None

    def get_thumbnail(self, document_path: Path, mime_type: str) -> Path:
        """A picture of the video, a drawing of the sound, or a plain sign where neither can be made; WebP."""
        path, folder = Path(document_path), Path(self._folder.name)
        facts = self._facts or self._read(path)
        drawn, out = folder / "drawn.png", folder / "thumbnail.webp"
        try:
            if facts is not None and (facts.has_video or facts.has_audio):
                ffmpeg.run(self._plan(path, drawn, facts))
                return to_thumbnail(drawn, out)
        except (QuanchengError, OSError) as error:
            logger.warning("%s 的缩略图未能生成：%s", path.name, error)
        return draw_icon(out, is_video=mime_type.startswith("video/"))

    def get_page_count(self, document_path: Path, mime_type: str) -> int | None:  # noqa: ARG002 - the protocol's
        """A recording has no pages."""
        return None

    def extract_metadata(self, document_path: Path, mime_type: str) -> list[MetadataEntry]:  # noqa: ARG002 - the protocol's
        """What the file says of itself. Never raises."""
        facts = self._read(Path(document_path))
        return paperless.entries([*(facts.rows if facts else ()), *self._notes])

    def __enter__(self) -> Self:
        """The parser itself."""
        return self

    def __exit__(
        self, exc_type: type[BaseException] | None, exc_val: BaseException | None, exc_tb: TracebackType | None
    ) -> None:
        """Remove all temporary files."""
        self._folder.cleanup()

    def _refuse_large(self, path: Path) -> None:
        most, size = self._settings.paperless_media_mb, path.stat().st_size
        if size > most * _MB:
            where = self._settings.upload_page
            instead = f"请在全程收集端上传：{where}" if where else "请放入全程收集端的收件文件夹。"
            said = f"该录音录像 {size / _MB:.0f} MB，超过 Paperless 可收入的 {most} MB，未收入。{instead}"
            raise paperless.parse_error(said)

    def _read(self, path: Path) -> MediaFacts | None:
        """None, with a note, where it cannot be read: the recording is taken in all the same."""
        try:
            probed = ffmpeg.run(ffmpeg.probe_plan(path))
            return facts_of(probed, now=datetime.now(UTC), utc_offset_hours=self._settings.utc_offset_hours)
        except ToolMissing as error:
            self._notes = [("提示", f"{error.sentence.zh}（{error.code}）")]
        except QuanchengError as error:
            self._notes = [("提示", f"未能读出文件信息，请人工核对：{error.sentence.zh}（{error.code}）")]
        except (ValueError, OSError):
            logger.exception("%s 的文件信息无法读取", path.name)
            self._notes = [("提示", "未能读出文件信息，请人工核对。")]
        return None

    def _plan(self, path: Path, drawn: Path, facts: MediaFacts) -> list[str]:
        if not facts.has_video:
            return ffmpeg.waveform_plan(path, drawn)
        # A tenth in, since many recordings begin dark; never beyond the first ten seconds.
        return ffmpeg.poster_plan(path, drawn, at_s=min((facts.duration_s or 0) / 10, 10))
