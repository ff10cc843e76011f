"""Speed of judging recordings: inspect, compare, identify, digest. `python -m tests.bench.inspection` prints its rows.

Ours and the peer run in turn in one run. Beside wall seconds the notes give those of the processor, which a busy
machine spoils less.
"""

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from statistics import median

import numpy as np

from quancheng_sidecar.media.bounded import inspect_bounded, look_through_bounded
from quancheng_sidecar.media.comparison.compare import compare
from quancheng_sidecar.media.comparison.dense import DensePictures
from quancheng_sidecar.media.comparison.index import Index
from quancheng_sidecar.media.comparison.traits import Traits
from quancheng_sidecar.media.digest import digest_file
from quancheng_sidecar.media.report import Digest, RecordingReport
from quancheng_sidecar.settings import Settings
from tests.bench.identify import made_up, write_archive
from tests.bench.row import Row
from tests.sidecar.media.bare_report import report_of

ROUNDS = 5
_NICE = ("nice", "-n", "10")
_CHECKOUT = Path(__file__).resolve().parents[2]
_FOOTAGE = _CHECKOUT.parent / "shared" / "media" / "pattern-longer-no-bar.mp4"
_FONT = "/usr/share/fonts/truetype/dejavu/DejaVuSans-Bold.ttf"
_CLOCK = r"drawtext=fontfile={font}:text='%{{pts\:gmtime\:1772357405\:%Y-%m-%d %H\\\:%M\\\:%S}}':x=40:y=40:fontsize=48:fontcolor=white:borderw=2"  # noqa: E501  one filter
_SCENE = "gradients=size=1920x1080:rate=30:speed=0.02:nb_colors=6,noise=alls=14:allf=t"
# A phone that is carried about, laid on its side to 1080 lines, with a sensor's noise.
_CARRIED = "transpose=1,scale=1920:1080,fps=30,noise=alls=5:allf=t"
_HOURS = 10_000
_DIFFER = 0.04
"""Share of bits by which a copy that was coded anew differs."""

_DIGESTS = {
    "known": "digests known from the store, as after an intake",
    "sha256": "SHA-256 in the same run",
    "both": "SHA-256 and SM3 in the same run",
}

type _Used = tuple[float, float, float]
"""Wall seconds, processor seconds, peak MB."""


def bench_inspection() -> list[Row]:
    """All rows; those on real footage where it is at hand."""
    with tempfile.TemporaryDirectory(prefix="quancheng-bench-") as name:
        folder = Path(name)
        minute, carried = noise(folder), real(folder)
        clocked, bare = with_clock(minute), joined(minute, 10)
        rows = [
            *_inspect(clocked, "with burnt-in clock", "≤ 0.10", tuple(_DIGESTS)),
            *_inspect(bare, "without clock", "≤ 0.08", ("known", "sha256")),
            _look_through(joined(minute, 2), "noise"),
        ]
        if carried is not None:
            rows += _inspect(joined(carried, 10), "real footage, without clock", "≤ 0.08", ("known",))
            rows.append(_look_through(joined(carried, 2), "real footage"))
        return [*rows, *bench_compare(), bench_identify(folder), bench_sm3(clocked)]


def noise(folder: Path) -> Path:
    """Write a minute of 1080p30 H.264 at 12 Mbit/s with AAC, of changing noise: the worst case for coders."""
    made = folder / "noise.mp4"
    _encode(made, 60, "-f", "lavfi", "-i", _SCENE, "-f", "lavfi", "-i", "anoisesrc=r=48000:a=0.05")
    return made


def real(folder: Path) -> Path | None:
    """Write the same of real footage; None where there is none."""
    if not _FOOTAGE.exists():
        return None
    made = folder / "real.mp4"
    _encode(made, 60, "-stream_loop", 9, "-i", _FOOTAGE, "-vf", _CARRIED)
    return made


def with_clock(minute: Path) -> Path:
    """Write ten minutes of it with a running clock drawn on (about 0.9 GB)."""
    made = minute.with_name("clock.mp4")
    _encode(made, 600, "-stream_loop", 9, "-i", minute, "-vf", _CLOCK.format(font=_FONT))
    return made


def joined(minute: Path, times: int) -> Path:
    """Write it so many times over, without coding anew."""
    made, listed = minute.with_name(f"{minute.stem}-{times}.mp4"), minute.with_suffix(".txt")
    listed.write_text(f"file {minute.name}\n" * times)
    _ffmpeg("-f", "concat", "-i", listed, "-c", "copy", made)
    return made


def _encode(path: Path, seconds: int, *source: object) -> None:
    rate = ("-b:v", "12M", "-maxrate", "12M", "-bufsize", "12M", "-g", "60", "-pix_fmt", "yuv420p")
    # Arithmetic coding and a loop filter, as cameras use them: without, a full decode takes a third of the time.
    how = "nal-hrd=cbr:cabac=1:no-deblock=0:deblock=0,0"
    _ffmpeg(*source, "-t", seconds, "-c:v", "libx264", "-preset", "ultrafast", "-x264-params", how, *rate,
            "-c:a", "aac", "-b:a", "128k", "-movflags", "+faststart", path)  # fmt: skip


def _ffmpeg(*words: object) -> None:
    subprocess.run(["ffmpeg", "-nostdin", "-v", "error", "-y", *map(str, words)], check=True)


def _inspect(path: Path, what: str, target: str, digests: tuple[str, ...]) -> list[Row]:
    """`recording inspect` against a full decode, with each of some kinds of digests (_DIGESTS)."""
    ours: dict[str, list[_Used]] = {one: [] for one in digests}
    peer: list[_Used] = []
    for _ in range(ROUNDS):
        for one, used in ours.items():
            words = ("inspect", str(path), one)
            used.append(_measured([sys.executable, "-m", "tests.bench.inspection", *words]))
        # The product reads untrusted files at this priority: on a busy machine the peer must wait as it does.
        peer.append(_measured([*_NICE, "ffmpeg", "-nostdin", "-v", "error", "-i", str(path), "-f", "null", "-"]))
    return [
        _inspection_row(path, f"{what}, coded frames hashed, {_DIGESTS[one]}", target, used, peer)
        for one, used in ours.items()
    ]


def _inspection_row(path: Path, what: str, target: str, ours: list[_Used], peer: list[_Used]) -> Row:
    (wall, processor, memory), (theirs, their_processor, _) = _middle(ours), _middle(peer)
    return Row(
        name=f"inspect 10 minutes of 1080p H.264 ({path.stat().st_size / 1e9:.2f} GB), {what}",
        ours_s=wall,
        peer_s=theirs,
        ratio=wall / theirs,
        target=f"{target} × ffmpeg -i F -f null -",
        note=f"processor {processor:.1f} s against {their_processor:.1f} s = {processor / their_processor:.2f};"
        f" peak {memory:.0f} MB (target 500)",
    )


def _look_through(path: Path, what: str) -> Row:
    """The deferred job's one decode against a full decode, and what no such job can be below."""
    kept, report = path.parent / "report.json", report_of(path)
    kept.write_text(report.model_dump_json())
    ours, peer, limit = [], [], []
    scaled = ("-vf", "fps=10,scale=960:540:flags=area", "-c:v", "libx264", "-preset", "ultrafast", "-maxrate", "1000k")
    bare = [*_NICE, "ffmpeg", "-nostdin", "-v", "error", "-i", str(path)]
    for _ in range(ROUNDS):
        ours.append(_measured([sys.executable, "-m", "tests.bench.inspection", "look", str(path), str(kept)]))
        peer.append(_measured([*bare, "-f", "null", "-"]))
        limit.append(_measured([*bare, *scaled, "-bufsize", "2000k", "-f", "null", "-"]))
    (wall, processor, memory), (theirs, their_processor, _), (least, least_processor, _) = map(
        _middle, (ours, peer, limit)
    )
    return Row(
        name=f"one decode of 2 minutes of 1080p H.264 ({path.stat().st_size / 1e9:.2f} GB), {what}: dense fingerprint, "
        "proxy, stills and black",
        ours_s=wall,
        peer_s=theirs,
        ratio=wall / theirs,
        target="≤ 1.3 × ffmpeg -i F -f null -",
        note=f"processor {processor:.1f} s against {their_processor:.1f} s = {processor / their_processor:.2f}; decode,"
        f" scale and code alone {least / theirs:.2f} (processor {least_processor / their_processor:.2f});"
        f" peak {memory:.0f} MB",
    )


def _measured(command: list[str]) -> _Used:
    """Wall seconds, processor seconds and peak MB of a program, or what it says of its own child."""
    begun = time.perf_counter()
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(command, cwd=_CHECKOUT, env=_environment(), stdout=subprocess.PIPE, check=True)
    wall, after = time.perf_counter() - begun, resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.stdout:
        return tuple(json.loads(done.stdout.splitlines()[-1]))  # before it the log of our own programs
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, 0.0


def _environment() -> dict[str, str]:
    # An installation has its bytecode compiled; a first run here compiles it.
    kept = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    paths = os.pathsep.join(entry for entry in sys.path if entry)
    return kept | {"PYTHONPATH": paths, "PYTHONPYCACHEPREFIX": f"{tempfile.gettempdir()}/quancheng-bench-bytecode"}


def _inspect_once(path: Path, digests: str) -> _Used:
    """Seconds and peak MB of the child that the product starts for one recording, its start included."""
    known = Digest(sha256=f"sha256:{0:064x}", sm3=None, size=path.stat().st_size)
    digest, settings = known if digests == "known" else None, Settings(_env_file=None, sm3=digests == "both")
    begun = time.perf_counter()
    with tempfile.TemporaryDirectory(dir=path.parent) as folder:
        inspect_bounded(path, settings, digest=digest, traits=Path(folder) / "traits.npz")
    wall, used = time.perf_counter() - begun, resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024


def _look_once(path: Path, report: Path) -> _Used:
    """The same of the child that looks through a recording."""
    told = RecordingReport.model_validate_json(report.read_text())
    begun = time.perf_counter()
    with tempfile.TemporaryDirectory(dir=report.parent) as folder:
        traits, proxy = Path(folder) / "traits.npz", Path(folder) / "proxy.mp4"
        look_through_bounded(path, told, traits, proxy, Settings(_env_file=None))
    wall, used = time.perf_counter() - begun, resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024


def _middle(some: list[_Used]) -> tuple[float, ...]:
    return tuple(median(column) for column in zip(*some, strict=True))


def bench_compare() -> list[Row]:
    """Two stored fingerprints of ten minutes: the same coded frames, coded anew, and strangers."""
    rng = np.random.default_rng(4)
    original = _filmed(rng)
    others = {"same coded frames": original, "coded anew": _anew(original, rng), "strangers": _filmed(rng)}
    return [_compare(what, original, other) for what, other in others.items()]


def _compare(what: str, a: Traits, b: Traits) -> Row:
    compare(a, b)
    return _alone(f"compare two stored fingerprints of 10 minutes: {what}", "< 200 ms", lambda: compare(a, b))


def _alone(name: str, target: str, work: Callable[[], object]) -> Row:
    """The row of what has no peer: wall time, with that of the processor beside it."""
    taken = []
    for _ in range(ROUNDS):
        begun, used = time.perf_counter(), time.process_time()
        work()
        taken.append((time.perf_counter() - begun, time.process_time() - used, 0.0))
    wall, processor, _ = _middle(taken)
    note = f"processor {processor * 1e3:.0f} ms"
    return Row(name=name, ours_s=wall, peer_s=None, ratio=None, target=target, note=note)


def _filmed(rng: np.random.Generator) -> Traits:
    """Ten minutes, made up, whose pictures change by a few bits from one to the next in every view."""
    blank = made_up(600, rng)
    count, views = len(blank.pictures), blank.pictures.views.shape[1]
    changed = (rng.random((count, 1, 256)) < _DIFFER) ^ (rng.random((count, views, 256)) < _DIFFER / 8)
    bits = (rng.integers(0, 2, (1, views, 256)) + np.cumsum(changed, axis=0)) % 2
    mirrored = rng.integers(0, 256, (count, 2, 32), np.uint8)
    seen = DensePictures(blank.pictures.at, np.packbits(bits.astype(np.uint8), axis=-1), mirrored)
    return replace(blank, pictures=seen)


def _anew(original: Traits, rng: np.random.Generator) -> Traits:
    noise = np.packbits(rng.random((*original.pictures.views.shape[:2], 256)) < _DIFFER, axis=-1)
    pictures = replace(original.pictures, views=original.pictures.views ^ noise)
    heard = np.packbits(rng.random((len(original.sound), 32)) < _DIFFER, axis=-1).view(np.uint32).ravel()
    return replace(made_up(600, rng), pictures=pictures, sound=original.sound ^ heard)


def bench_identify(folder: Path) -> Row:
    """Ten minutes against 10,000 hours, made up (the curve: `python -m tests.bench.identify FOLDER`)."""
    rng = np.random.default_rng(4)
    place = folder / "index"
    write_archive(place, _HOURS, rng)
    index, asked = Index(place), made_up(600, rng)
    name = f"look up 10 minutes in the index of {_HOURS:,} recording-hours"
    return _alone(name, "< 1 s", lambda: index.candidates(asked))


def bench_sm3(path: Path) -> Row:
    """Both digests in one reading against `openssl dgst -sm3` alone."""
    ours, peer = [], []
    for _ in range(ROUNDS):
        begun, used = time.perf_counter(), time.process_time()
        digest_file(path, sm3=True)
        ours.append((time.perf_counter() - begun, time.process_time() - used, 0.0))
        peer.append(_measured(["sh", "-c", f"openssl dgst -sm3 {path} >&2"]))
    (wall, processor, _), (theirs, their_processor, _) = (_middle(some) for some in (ours, peer))
    return Row(
        name=f"SHA-256 and SM3 of {path.stat().st_size / 1e9:.2f} GB in one reading",
        ours_s=wall,
        peer_s=theirs,
        ratio=wall / theirs,
        target="≤ 1.1 × openssl dgst -sm3",
        note=f"processor {processor:.2f} s, of it SHA-256 on another core; openssl: {their_processor:.2f} s",
    )


if __name__ == "__main__":
    if sys.argv[1:2] == ["inspect"]:
        print(json.dumps(_inspect_once(Path(sys.argv[2]), sys.argv[3])))  # noqa: T201  for the parent
    elif sys.argv[1:2] == ["look"]:
        print(json.dumps(_look_once(Path(sys.argv[2]), Path(sys.argv[3]))))  # noqa: T201  for the parent
    else:
        for row in bench_inspection():
            print(row)  # noqa: T201  a bench prints
