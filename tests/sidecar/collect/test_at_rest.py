"""When a file of an inbox is complete."""

from pathlib import Path

from quancheng_sidecar.collect.at_rest import AtRest, held_open


def test_a_growing_file_is_not_taken(tmp_path: Path) -> None:
    """A file that is still being copied is left until its size has been at rest."""
    rest = AtRest(rest_s=2)
    path = tmp_path / "a.mp4"
    path.write_bytes(b"1")
    assert list(rest.settled([path], now=0)) == []
    path.write_bytes(b"12")
    assert list(rest.settled([path], now=3)) == []
    assert list(rest.settled([path], now=4.9)) == []
    assert list(rest.settled([path], now=5)) == [path]


def test_a_file_that_is_still_open_to_write_is_not_taken_however_long_the_line_stalls(tmp_path: Path) -> None:
    """Half a recording is not taken in the pauses of a card reader; closed, it is taken at once."""
    rest = AtRest(rest_s=2)
    path = tmp_path / "a.mp4"
    with path.open("wb") as writing:
        writing.write(b"half")
        writing.flush()
        assert held_open(path) is True
        assert [list(rest.settled([path], now=now)) for now in (0, 3, 60, 500)] == [[], [], [], []]
        assert list(rest.settled([path], now=601)) == [path]
    assert held_open(path) is False
    assert list(rest.settled([path], now=602)) == [path]


def test_of_a_file_that_cannot_be_opened_it_is_not_known_whether_somebody_writes(tmp_path: Path) -> None:
    """Where the system does not tell, the long rest of a file share is waited for."""
    assert held_open(tmp_path / "gone.mp4") is None
