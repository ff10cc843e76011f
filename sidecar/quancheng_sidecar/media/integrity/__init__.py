"""Signs of editing or damage in one recording (Art. 4: 声像信息不得剪接、删改): signs, never a proof of genuineness."""

from quancheng_sidecar.media.integrity.examine import examine
from quancheng_sidecar.media.integrity.span import holes_of, recorded_span

__all__ = ["examine", "holes_of", "recorded_span"]
