"""How often edits are found, missed, and untouched recordings accused: `python -m tests.bench.integrity`.

Recordings are drawn by seed (any seeds may be given) and taken from a folder of real footage; each is examined as it
is and after every edit below, in the way of `quancheng recording inspect`. A row counts as found when a finding of
severity medium or high is left, as false when one is left where nothing was cut, put in or taken away. A pause of the
camera leaves a jump of the clock, which is for a person to look at: there only `high` is false. What is false is told
below the table with its sentence.
"""

import argparse
import random
import subprocess
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import cast

from quancheng_plugin.errors import QuanchengError
from quancheng_plugin.findings import Severity
from quancheng_sidecar.demo.recording_spec import Codec, RecordingSpec
from quancheng_sidecar.demo.recordings import concat, cut_middle, excerpt, freeze, random_recording, write_recording
from quancheng_sidecar.media.inspect import inspect
from quancheng_sidecar.media.probe import probe
from quancheng_sidecar.media.streams import leading_audio
from quancheng_sidecar.settings import Settings

LENGTH_S = 24.0
PAUSED_S = 60.0
LEAST_S = 6.0
"""Real clips from this length on can lose a middle."""
_TALLEST = 480
_GRAVE = {Severity.MEDIUM, Severity.HIGH}
_REMUX = {".mp4": ".mkv", ".mov": ".mp4", ".mkv": ".mp4", ".ts": ".mp4", ".3gp": ".mp4"}
Make = Callable[["Source", Path], Path]


@dataclass(frozen=True)
class Source:
    """An untouched recording, its length, whether it has sound, and another to take pieces from.

    `paused` is one whose camera was paused, where one was drawn.
    """

    path: Path
    length: float
    sounding: bool
    stranger: Path
    paused: Path | None = None


@dataclass
class Row:
    """What became of one kind of edit."""

    found: int = 0
    missed: int = 0
    codes: Counter[str] = field(default_factory=Counter)
    high: int = 0
    unmade: int = 0
    told: list[str] = field(default_factory=list)


def ffmpeg(*words: object) -> None:
    """Run ffmpeg quietly."""
    subprocess.run(["ffmpeg", "-nostdin", "-v", "error", "-y", *map(str, words)], check=True, timeout=300)


def _same(source: Source, folder: Path, name: str) -> Path:
    return folder / f"{name}{source.path.suffix}"


def untouched(source: Source, _: Path) -> Path:
    """Nothing done."""
    return source.path


def copied(source: Source, folder: Path) -> Path:
    """Into another container, nothing coded anew."""
    target = folder / f"copied{_REMUX.get(source.path.suffix, '.mkv')}"
    ffmpeg("-i", source.path, "-c", "copy", target)
    return target


def tagged(source: Source, folder: Path) -> Path:
    """Written anew with another title and time."""
    target = _same(source, folder, "tagged")
    ffmpeg("-i", source.path, "-c", "copy", "-metadata", "title=x", "-metadata", "creation_time=2024-01-01", target)
    return target


def coded_anew(source: Source, folder: Path) -> Path:
    """Whole, coded anew."""
    target = folder / "anew.mp4"
    ffmpeg("-i", source.path, "-c:v", "libx264", "-preset", "ultrafast", "-g", "25", "-c:a", "aac", target)
    return target


def sent(source: Source, folder: Path) -> Path:
    """As messengers send it: small, coded anew at a low bit rate, sound in one channel."""
    target = folder / "sent.mp4"
    ffmpeg("-i", source.path, "-vf", "scale=480:-2", "-c:v", "libx264", "-preset", "veryfast", "-profile:v", "baseline",
           "-b:v", "500k", "-c:a", "aac", "-ac", 1, "-b:a", "48k", target)  # fmt: skip
    return target


def dropping(source: Source, folder: Path) -> Path:
    """Pictures dropped under load, each time kept, coded at a variable rate."""
    target = folder / "dropping.mp4"
    ffmpeg("-i", source.path, "-vf", "select=gt(random(7)\\,0.08)", "-vsync", "vfr", "-c:v", "libx264",
           "-preset", "veryfast", "-c:a", "aac", target)  # fmt: skip
    return target


def cut_at_key(source: Source, folder: Path) -> Path:
    """The second half, by stream copy at a key frame."""
    return excerpt(source.path, _same(source, folder, "piece"), source.length / 2, source.length)


def cut_off_key(source: Source, folder: Path) -> Path:
    """Begun between key frames by stream copy (from TS ffmpeg begins at one and hides nothing)."""
    target = folder / "cut.mp4"
    ffmpeg("-ss", source.length / 3 + 0.37, "-i", source.path, "-c", "copy", target)
    return target


def middle_removed(source: Source, folder: Path) -> Path:
    """A third taken out, by stream copy."""
    return cut_middle(source.path, _same(source, folder, "middle"), source.length / 3, source.length * 2 / 3)


def middle_removed_anew(source: Source, folder: Path) -> Path:
    """A third taken out, each part coded anew."""
    target = folder / "middle-anew.mp4"
    return cut_middle(_as_mp4(source, folder), target, source.length / 3, source.length * 2 / 3, reencode=True)


def swapped(source: Source, folder: Path) -> Path:
    """Second half before the first, by stream copy."""
    halves = ((source.length / 2, source.length), (0.0, source.length / 2))
    parts = [excerpt(source.path, _same(source, folder, f"half{n}"), a, b) for n, (a, b) in enumerate(halves)]
    return concat(tuple(parts), _same(source, folder, "swapped"))


def repeated(source: Source, folder: Path) -> Path:
    """The first half put behind the end once more."""
    piece = excerpt(source.path, _same(source, folder, "again"), 0, source.length / 2)
    return concat((source.path, piece), _same(source, folder, "repeated"))


def repeated_anew(source: Source, folder: Path) -> Path:
    """Four seconds shown a second time after themselves, picture and sound, all coded anew."""
    middle = source.length / 2
    parts = ((0.0, middle), (middle - min(4, middle - 1), source.length))
    graph = "".join(_trimmed(n, *part, sounding=source.sounding) for n, part in enumerate(parts))
    pads = "[v0][a0][v1][a1]" if source.sounding else "[v0][v1]"
    graph += f"{pads}concat=n=2:v=1:a={int(source.sounding)}[v]{'[a]' if source.sounding else ''}"
    target = folder / "repeated-anew.mp4"
    ffmpeg("-i", source.path, "-filter_complex", graph, "-map", "[v]", *(["-map", "[a]"] if source.sounding else []),
           "-c:v", "libx264", "-preset", "veryfast", "-g", "50", target)  # fmt: skip
    return target


def _trimmed(number: int, begin: float, end: float, *, sounding: bool) -> str:
    cut = f"={begin}:{end}"
    sound = f"[0:a]atrim{cut},asetpts=PTS-STARTPTS[a{number}];" if sounding else ""
    return f"[0:v]trim{cut},setpts=PTS-STARTPTS[v{number}];{sound}"


def inserted(source: Source, folder: Path) -> Path:
    """Another recording put in the middle, all coded anew alike."""
    parts = [
        excerpt(source.path, folder / "a.mp4", 0, source.length / 2, reencode=True),
        _like(source, folder),
        excerpt(source.path, folder / "c.mp4", source.length / 2, source.length, reencode=True),
    ]
    return concat(tuple(parts), folder / "inserted.mp4")


def frozen(source: Source, folder: Path) -> Path:
    """Four seconds of a held picture in place of what was there."""
    return freeze(source.path, folder / "frozen.mp4", source.length / 3, min(4, source.length / 3), keep_length=True)


def muted(source: Source, folder: Path) -> Path:
    """A third of the sound silenced."""
    begin, end = source.length / 3, source.length * 2 / 3
    target = folder / "muted.mp4"
    ffmpeg("-i", source.path, "-c:v", "copy", "-af", f"volume=0:enable='between(t,{begin},{end})'", target)
    return target


def other_sound(source: Source, folder: Path) -> Path:
    """The sound of a third replaced by noise of ordinary loudness."""
    begin, end = source.length / 3, source.length * 2 / 3
    graph = f"[0:a]volume=0:enable='between(t,{begin},{end})'[a];"
    graph += f"anoisesrc=d={source.length}:a=0.05,volume=0:enable='not(between(t,{begin},{end}))'[b];[a][b]amix[m]"
    target = folder / "sound.mp4"
    ffmpeg("-i", source.path, "-filter_complex", graph, "-map", "0:v", "-map", "[m]", "-c:v", "copy", target)
    return target


def strange_sound(source: Source, folder: Path) -> Path:
    """The sound of a third replaced by another recording's."""
    begin, end = source.length / 3, source.length * 2 / 3
    graph = f"[0:a]volume=0:enable='between(t,{begin},{end})'[a];"
    graph += f"[1:a]volume=0:enable='not(between(t,{begin},{end}))'[b];[a][b]amix=duration=first:normalize=0[m]"
    target = folder / "strange.mp4"
    ffmpeg("-i", source.path, "-stream_loop", -1, "-i", source.stranger, "-filter_complex", graph, "-map", "0:v",
           "-map", "[m]", "-c:v", "copy", target)  # fmt: skip
    return target


def sped_up(source: Source, folder: Path) -> Path:
    """Played a tenth faster, coded anew."""
    words = ["-vf", "setpts=PTS/1.1", *(["-af", "atempo=1.1"] if source.sounding else [])]
    target = folder / "fast.mp4"
    ffmpeg("-i", source.path, *words, "-c:v", "libx264", "-preset", "ultrafast", "-g", "25", target)
    return target


def broken_off(source: Source, folder: Path) -> Path:
    """The last third of the bytes lost (of TS nothing tells)."""
    target = _same(source, folder, "short")
    data = source.path.read_bytes()
    target.write_bytes(data[: len(data) * 2 // 3])
    return target


def paused(source: Source, _: Path) -> Path:
    """The camera paused for a minute in its middle; for review, as a cut looks the same."""
    return cast("Path", source.paused)


def paused_copied(source: Source, folder: Path) -> Path:
    """The same, into another container."""
    return copied(_of_pause(source), folder)


def paused_coded_anew(source: Source, folder: Path) -> Path:
    """The same, converted: whole, coded anew."""
    return coded_anew(_of_pause(source), folder)


def _of_pause(source: Source) -> Source:
    return replace(source, path=cast("Path", source.paused))


ORDINARY: tuple[Make, ...] = (untouched, copied, tagged, coded_anew, sent, dropping, cut_at_key)
"""What officers and export programs do; a piece cut at a key frame is whole in itself."""
PAUSES: tuple[Make, ...] = (paused, paused_copied, paused_coded_anew)
EDITS: tuple[Make, ...] = (
    cut_off_key, middle_removed, middle_removed_anew, swapped, repeated, repeated_anew, inserted, frozen, muted,
    other_sound, strange_sound, sped_up, broken_off,
)  # fmt: skip
_NEED_SOUND = {muted, other_sound, strange_sound}


def _as_mp4(source: Source, folder: Path) -> Path:
    """A copy whose parts can be coded anew and joined."""
    target = folder / "whole.mp4"
    ffmpeg("-i", source.path, "-c:v", "libx264", "-preset", "ultrafast", "-g", "25", "-c:a", "aac", target)
    return target


def _like(source: Source, folder: Path) -> Path:
    """Three seconds of the stranger in the shape of the source."""
    stream = next(one for one in probe(source.path).streams if one.kind == "video")
    shape = f"scale={stream.width}:{stream.height},setsar=1,fps={stream.frame_rate or 25}"
    target = folder / "b.mp4"
    ffmpeg("-i", source.stranger, "-t", 3, "-vf", shape, "-c:v", "libx264", "-preset", "ultrafast", "-g", "25",
           *(["-c:a", "aac", "-ar", "44100"] if source.sounding else ["-an"]), target)  # fmt: skip
    return target


def drawn(seeds: range, folder: Path) -> Iterator[tuple[Path, Path]]:
    """Recordings of the project's generator, none taller than 480 lines (a modest run); each also paused."""
    for seed in seeds:
        spec = random_recording(seed)
        if spec.size[1] <= _TALLEST:
            spec = spec.model_copy(update={"duration_s": LENGTH_S})
            yield write_recording(spec, folder / f"{seed}.{spec.container}"), _with_pause(spec, folder)


def _with_pause(spec: RecordingSpec, folder: Path) -> Path:
    """As a camera writes it that is paused by its button: one encoder, a key frame where it goes on elsewhere."""
    half = spec.duration_s / 2
    later = {"duration_s": half, "start": spec.start + timedelta(seconds=half + PAUSED_S), "seed": spec.seed + 1}
    specs = (spec.model_copy(update={"duration_s": half}), spec.model_copy(update=later))
    parts = []
    for place, one in enumerate(specs):
        made = write_recording(one, folder / f"{spec.seed}-part{place}.{spec.container}")
        # The first half keeps the name of the program that made it, as the whole recording does.
        parts.append(_unnamed(made, spec.codec) if place else made)
    return concat(tuple(parts), folder / f"{spec.seed}-paused.{spec.container}")


def _unnamed(path: Path, codec: Codec) -> Path:
    """Without the user data in which x264 and x265 introduce themselves: a camera's encoder goes on as it is."""
    kinds = {"h264": "6", "h265": "39-40"}.get(codec)
    if kinds is None:
        return path
    target = path.with_stem(f"{path.stem}-unnamed")
    ffmpeg("-i", path, "-c", "copy", "-bsf:v", f"filter_units=remove_types={kinds}", target)
    return target


def sources(paths: list[tuple[Path, Path | None]]) -> list[Source]:
    """The recordings with their lengths, each with its neighbour as stranger."""
    found = []
    for place, (path, halted) in enumerate(paths):
        told = probe(path)
        length = told.duration.measured or 0.0
        if length >= LEAST_S:
            found.append(Source(path, length, leading_audio(told.streams) is not None, paths[place - 1][0], halted))
    return found


def judge(path: Path, settings: Settings, row: Row) -> None:
    """Examine one file and note what was found; a file refused with a code counts as found."""
    try:
        report = inspect(path, settings.zone, None, path.name)
    except QuanchengError as error:
        row.found += 1
        row.codes[error.code] += 1
        return
    grave = [one for one in report.integrity.findings if one.severity in _GRAVE]
    row.codes.update({one.code for one in grave})
    row.high += any(one.severity is Severity.HIGH for one in grave)
    row.told += [f"{path.name}: {one.code} {one.severity} {one.sentence.zh}" for one in grave]
    if grave:
        row.found += 1
    else:
        row.missed += 1


def table(held: list[Source], settings: Settings, kinds: set[str]) -> Iterator[str]:
    """The table as Markdown, a line for each kind of edit (all, or those named) as it is done; then what is false."""
    yield "| what was done | files | medium or high | high | by |"
    yield "|---|---|---|---|---|"
    told = []
    for make in (make for make in (*ORDINARY, *PAUSES, *EDITS) if not kinds or make.__name__ in kinds):
        row = Row()
        for source in (source for source in held if _fits(make, source)):
            with tempfile.TemporaryDirectory() as folder:
                try:
                    made = make(source, Path(folder))
                except (subprocess.CalledProcessError, QuanchengError):
                    row.unmade += 1
                    continue
                judge(made, settings, row)
        false = (make in ORDINARY and row.found) or (make in PAUSES and row.high)
        told += [f"{make.__name__}, {line}" for line in row.told if false]
        codes = ", ".join(f"{code} {count}" for code, count in row.codes.most_common())
        note = f"; {row.unmade} could not be made" if row.unmade else ""
        yield (
            f"| {(make.__doc__ or '').rstrip('.')} | {row.found + row.missed} | {row.found}"
            f"{' (false)' if false else ''} | {row.high} | {codes}{note} |"
        )
    yield from ("", *told)


def _fits(make: Make, source: Source) -> bool:
    return (source.sounding or make not in _NEED_SOUND) and (source.paused is not None or make not in PAUSES)


def main() -> None:
    """Make, examine, print."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--seeds", default="", help="first:last, drawn at random when left out")
    asked.add_argument("--media", type=Path, help="a folder of real recordings")
    asked.add_argument("--kinds", nargs="*", default=[], help="names of functions here; all when left out")
    given = asked.parse_args()
    first = random.SystemRandom().randrange(10**6) if not given.seeds else int(given.seeds.partition(":")[0])
    last = int(given.seeds.partition(":")[2]) if given.seeds else first + 10
    settings = Settings(_env_file=None)
    kinds = set(given.kinds)
    with tempfile.TemporaryDirectory() as folder:
        generated = sources(list(drawn(range(first, last), Path(folder))))
        _print(f"Seeds {first} to {last - 1}", generated, settings, kinds)
        real = sources([(path, None) for path in sorted(given.media.glob("*.mp4"))]) if given.media else []
        _print("Real footage", real, settings, kinds)


def _print(title: str, held: list[Source], settings: Settings, kinds: set[str]) -> None:
    if not held:
        return
    print(f"\n{title}: {len(held)} recordings\n")  # noqa: T201
    for line in table(held, settings, kinds):
        print(line, flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
