"""What came of a document, kept beside Paperless so that its pages can show it without reading it again.

A reading cannot be had back from the archive file: its text layer no longer says how sure each character
was, so a doubtful value would come back as a certain one. Outcomes lie under
`QUANCHENG_HOME/paperless/outcomes`, named by the SHA-256 of the file that they speak of.
"""

import hashlib
import os
import tempfile
from pathlib import Path
from typing import Self

from pydantic import BaseModel, ConfigDict, ValidationError

from quancheng_plugin.findings import Finding
from quancheng_plugin.forms.reading import FormReading
from quancheng_plugin.sentence import Sentence
from quancheng_plugin.settings import PluginSettings
from quancheng_plugin.signing.remarks import FROM_LAYER
from quancheng_plugin.signing.report import VerifyReport


class Failure(BaseModel):
    """Why Quancheng could not process a document; Paperless' own parser took it over."""

    model_config = ConfigDict(frozen=True)

    code: str
    sentence: Sentence


class Outcome(BaseModel):
    """A reading with the findings about the file, or why there is none. Never both."""

    model_config = ConfigDict(frozen=True)

    reading: FormReading | None = None
    findings: tuple[Finding, ...] = ()
    failure: Failure | None = None

    @classmethod
    def of(cls, reading: FormReading, findings: tuple[Finding, ...], verification: VerifyReport) -> Self:
        """What is worth keeping of a processed document: not the text, which Paperless keeps, nor its signatures.

        Signatures are verified anew whenever they are shown: a certificate may expire.
        """
        of_signatures = {finding.code for finding in verification.findings}
        kept = tuple(finding for finding in findings if finding.code not in of_signatures)
        return cls(reading=reading.model_copy(update={"text": ""}), findings=kept)

    @property
    def is_from_layer(self) -> bool:
        """Whether it was read from a text layer of ours, which does not say how sure the reading was."""
        return any(finding.code == FROM_LAYER for finding in self.findings)


def sha256_of(path: Path) -> str:
    """SHA-256 of a file, hexadecimal, as Paperless writes checksums."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def keep(outcome: Outcome, sha256: str, settings: PluginSettings) -> None:
    """Keep the outcome of the file with this digest; one that is there is replaced whole. Raises OSError."""
    place = _place(sha256, settings)
    place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle, name = tempfile.mkstemp(dir=place.parent, prefix=".outcome-")  # readable by its owner alone
    written = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(outcome.model_dump_json())
        written.replace(place)
    except BaseException:
        written.unlink(missing_ok=True)
        raise


def find(sha256: str, settings: PluginSettings) -> Outcome | None:
    """The outcome of the file with this digest, or None where none was kept or it cannot be read."""
    try:
        return Outcome.model_validate_json(_place(sha256, settings).read_bytes())
    except (OSError, ValidationError):
        return None


def _place(sha256: str, settings: PluginSettings) -> Path:
    return settings.home / "paperless" / "outcomes" / sha256[:2] / f"{sha256}.json"
