"""Pictures and proxies to look through a recording without touching it."""

from pathlib import Path

from quancheng_sidecar.media.report import Derivative, Probe
from quancheng_sidecar.settings import Settings


def make_previews(
    path: Path, probe: Probe, outdir: Path, settings: Settings, *, master: str, proxy: bool = True
) -> tuple[Derivative, ...]:
    """Make poster, contact sheet, waveform and proxy in `outdir`, each marked as derived from `master` (`sha256:…`)."""
    raise NotImplementedError
