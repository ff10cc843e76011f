"""Signs of editing or damage in one recording (Art. 4: 声像信息不得剪接、删改): signs, never a proof of genuineness."""

from quancheng_sidecar.media.integrity.examine import examine

__all__ = ["examine"]
