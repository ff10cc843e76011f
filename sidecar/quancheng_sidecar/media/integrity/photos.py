"""Signs of editing or damage in a photo: whether it decodes to its end, and what it says of its making."""

from pathlib import Path

import pi_heif
from PIL import Image

from quancheng_plugin.breaking_off import breaking_off
from quancheng_plugin.findings import Finding, Severity
from quancheng_plugin.sentence import Sentence


def photo_findings(path: Path, container: str) -> tuple[Finding, ...]:
    """Decode a photo; a finding when it would not decode to its end."""
    try:
        if container == "heic":
            pi_heif.open_heif(path, convert_hdr_to_8bit=True).to_pillow().load()
        else:
            with breaking_off(allowed=False), Image.open(path) as image:
                image.load()
    except Image.DecompressionBombError:
        reason = "too large"
    except (OSError, ValueError, RuntimeError, SyntaxError, EOFError) as error:
        reason = str(error)
    else:
        return ()
    return (
        Finding(
            code="decode-errors",
            severity=Severity.MEDIUM,
            sentence=Sentence(
                zh="照片无法完整解码：存储或传输损坏、被截断都会如此。",
                en="The photo does not decode to its end; damage in storage or transmission, or a cut, leaves this.",
            ),
            figures={"reason": reason[:200]},
        ),
    )
