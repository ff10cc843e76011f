"""What a clock that was read with doubt seems to do: told for a person to look at."""

from quancheng_plugin.findings import Severity
from quancheng_sidecar.media.integrity.course import DOUBTFUL_CONFIDENCE, follow
from quancheng_sidecar.media.integrity.doubtful import doubtful_jumps
from quancheng_sidecar.media.report import ClockSample
from tests.sidecar.media.integrity.conftest import Examine, Shoot, readings, spec

_CUT = spec(9, 60, clock_jumps=((25, 40),))


def _doubted(samples: tuple[ClockSample, ...]) -> tuple[ClockSample, ...]:
    return tuple(sample.model_copy(update={"confidence": sample.confidence / 2}) for sample in samples)


def test_a_jump_of_a_doubtful_clock_is_told_lightly_with_its_place() -> None:
    """A person is sent to the second, and nothing is claimed."""
    (found,) = doubtful_jumps(follow(_doubted(readings(_CUT)), least=DOUBTFUL_CONFIDENCE))
    assert (found.code, found.severity) == ("clock-doubtful", Severity.LOW)
    assert found.at is not None
    assert abs(found.at - 25) <= 1
    assert abs(float(found.figures["jump_s"] or 0) - 40) <= 1.5


def test_a_doubtful_clock_that_runs_evenly_is_told_nothing_of() -> None:
    """No jump, no finding, however often a digit is misread."""
    for seed in range(20):
        samples = _doubted(readings(spec(seed, 60), seed=seed, misread=0.1))
        assert doubtful_jumps(follow(samples, least=DOUBTFUL_CONFIDENCE)) == ()


def test_a_doubtful_jump_stands_in_the_examination_without_being_a_sign(shoot: Shoot, look: Examine) -> None:
    """The summary goes on saying that there is no sign, and the finding names the place."""
    found = look(shoot("mp4"), _doubted(readings(_CUT)))
    assert "clock-doubtful" in [finding.code for finding in found.findings]
    assert not [f for f in found.findings if f.code.startswith("clock-") and f.severity is not Severity.LOW]
