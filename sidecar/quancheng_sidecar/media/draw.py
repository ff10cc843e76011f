"""Making the drawn derivatives, in the child process that decodes the untrusted pictures."""

from pathlib import Path
from typing import Literal

from PIL import Image

from quancheng_plugin.errors import DamagedFile
from quancheng_sidecar.media.photo import upright
from quancheng_sidecar.media.report import Derivative, Kind, Probe
from quancheng_sidecar.media.sheet import contact_sheet, marked, poster, save_jpeg
from quancheng_sidecar.media.stills import Still, read_stills
from quancheng_sidecar.media.streams import leading_video

MOST_STILLS = 24
"""Pictures on a contact sheet."""

_SIDE = 1280


def draw_pictures(path: Path, probe: Probe, outdir: Path, master: str) -> tuple[Derivative, ...]:
    """Draw poster and, of a video, contact sheet into `outdir`.

    Raises DamagedFile, also where no picture of a video can be decoded; LimitExceeded.
    """
    if probe.kind is Kind.PHOTO:
        return (_save("poster", marked(upright(path, probe.container, most=_SIDE), master=master), outdir, master),)
    stills = _stills(path, probe)
    if not stills:
        raise DamagedFile(zh="没有一幅画面可以解码。", en="No picture of it can be decoded.")
    sheet = contact_sheet(stills, master=master, duration_s=probe.duration.measured)
    return (
        _save("poster", marked(poster(stills), master=master), outdir, master),
        _save("contact-sheet", sheet, outdir, master),
    )


def still_times(seconds: float) -> tuple[float, ...]:
    """Spread up to 24 instants over a recording, first and last picture included, half a second apart or more."""
    count = max(2, min(MOST_STILLS, int(seconds * 2)))
    return tuple(round(seconds * place / (count - 1), 3) for place in range(count))


def _stills(path: Path, probe: Probe) -> list[Still]:
    video = leading_video(probe.streams)
    if video is None:
        return []
    return read_stills(path, probe.container, video, still_times(video.measured or 0.0), most=_SIDE)


def _save(kind: Literal["poster", "contact-sheet"], image: Image.Image, outdir: Path, master: str) -> Derivative:
    path = outdir / f"{kind}.jpg"
    save_jpeg(image, path, master=master)
    return Derivative(
        kind=kind,
        path=path,
        media_type="image/jpeg",
        master=master,
        width=image.width,
        height=image.height,
        command=(__name__, kind),
    )
