"""Which witness is believed, why, and what is found to contradict it."""

from datetime import UTC, datetime, timedelta

from quancheng_plugin.findings import Finding, Severity
from quancheng_plugin.sentence import Sentence
from quancheng_sidecar.media.clock.belief import Belief, believe
from quancheng_sidecar.media.clock.contradictions import contradictions
from quancheng_sidecar.media.report import Witness, WitnessSource

NOW = datetime(2026, 11, 24, tzinfo=UTC)
START = datetime(2026, 3, 1, 1, 30, 5, tzinfo=UTC)
DOUBT = (Sentence(zh="字迹不清", en="hard to read"),)
S = WitnessSource


def witness(source: WitnessSource, by: float = 0.0) -> Witness:
    """A witness that says START plus some seconds."""
    start = START + timedelta(seconds=by)
    return Witness(source=source, start=start, end=start, raw="")


def container(by: float = 0.0, length: float = 600.0) -> tuple[Witness, ...]:
    """All habits of one stamp, whose reading as written at start says START plus some seconds."""
    shifts = {
        S.CONTAINER_START: 0.0,
        S.CONTAINER_STOP: -length,
        S.CONTAINER_LOCAL_AS_UTC: -28800.0,
        S.CONTAINER_LOCAL_AS_UTC_STOP: -28800.0 - length,
    }
    return tuple(witness(source, by + shift) for source, shift in shifts.items())


def judge(*witnesses: Witness, doubtful: tuple[Sentence, ...] = ()) -> tuple[Belief, dict[str, Finding]]:
    """The belief, and findings by code."""
    belief = believe(witnesses, doubtful=doubtful, now=NOW)
    return belief, {finding.code: finding for finding in contradictions(witnesses, belief, doubtful, NOW)}


def test_the_picture_s_clock_comes_first() -> None:
    """It is believed even alone, and the reason says so."""
    belief, findings = judge(witness(S.BURNT_IN))
    assert belief.witness == witness(S.BURNT_IN)
    assert "没有其他依据" in belief.reason.zh
    assert findings == {}


def test_a_clock_that_jumps_is_not_said_to_run_evenly() -> None:
    """Its readings lie on two pieces."""
    for pieces, told in (1, "均匀走动"), (2, "其间有跳变"):
        read = witness(S.BURNT_IN).model_copy(update={"figures": {"frames_accepted": 31, "pieces": pieces}})
        assert told in judge(read)[0].reason.zh


def test_the_habit_that_agrees_is_named() -> None:
    """Written at stop: the recording's length before."""
    belief, findings = judge(witness(S.BURNT_IN), *container(by=600))
    assert [one.source for one in belief.supporters] == [S.CONTAINER_STOP]
    assert findings == {}


def test_local_time_labelled_utc_is_explained_not_accused() -> None:
    """Exactly eight hours is a habit: a finding for information."""
    belief, findings = judge(witness(S.BURNT_IN), *container(by=28802))
    assert belief.witness is not None
    assert findings["clock-offset-8h"].severity is Severity.INFO


def test_eight_hours_the_other_way_is_told_with_its_figure() -> None:
    """No habit explains it: the device's zone is wrong somewhere."""
    _, findings = judge(witness(S.BURNT_IN), *container(by=-28800))
    assert findings["clock-offset-8h"].severity is Severity.MEDIUM
    assert findings["clock-offset-8h"].figures["difference_s"] == -28800.0


def test_one_contrary_origin_weighs_little_two_together_more() -> None:
    """A copy is re-tagged and a file renamed in ordinary use; both alike is another matter."""
    _, one = judge(witness(S.BURNT_IN), *container(by=5000))
    assert one["clock-contradiction"].severity is Severity.LOW
    belief, two = judge(witness(S.BURNT_IN), *container(by=-3000), witness(S.FILE_NAME, -3000))
    assert belief.witness is not None
    assert belief.witness.source is S.BURNT_IN
    assert two["clock-contradiction"].severity is Severity.MEDIUM


def test_a_day_off_with_two_against_it_is_not_believed() -> None:
    """Rather a date misread or never set than an excerpt."""
    belief, findings = judge(witness(S.BURNT_IN, 5 * 365 * 86400 - 200 * 86400), *container(), witness(S.FILE_NAME, 1))
    assert belief.witness is not None
    assert belief.witness.source is S.FILE_NAME
    assert "clock-future" in findings or "clock-contradiction" in findings


def test_a_doubtful_reading_is_believed_only_when_borne_out() -> None:
    """Alone it gives no start; with the container it does."""
    alone, findings = judge(witness(S.BURNT_IN), doubtful=DOUBT)
    assert alone.witness is None
    assert findings["clock-hard-to-read"].severity is Severity.LOW
    borne_out, findings = judge(witness(S.BURNT_IN), *container(), doubtful=DOUBT)
    assert borne_out.witness is not None
    assert findings["clock-hard-to-read"].severity is Severity.INFO


def test_a_clock_out_of_step_is_believed_with_its_rate_in_the_reason() -> None:
    """Time lapse: start and end are as shown, which the reason says."""
    lapse = witness(S.BURNT_IN).model_copy(update={"figures": {"rate": 25.0}})
    belief, _ = judge(lapse)
    assert belief.witness == lapse
    assert "25.00倍" in belief.reason.zh
    assert "倍" not in judge(witness(S.BURNT_IN))[0].reason.zh


def test_an_ambiguous_date_is_never_certain_alone() -> None:
    """Two readings of the date: no start, until another witness settles it."""
    both = (witness(S.BURNT_IN), witness(S.BURNT_IN, -57 * 86400))
    belief, findings = judge(*both)
    assert belief.witness is None
    assert "clock-ambiguous-date" in findings
    belief, findings = judge(*both, witness(S.FILE_NAME, 2))
    assert belief.witness == both[0]
    assert findings["clock-ambiguous-date"].figures["settled"] is True


def test_a_name_that_agrees_with_a_habit_is_believed() -> None:
    """Without a clock in the picture."""
    belief, _ = judge(*container(by=600), witness(S.FILE_NAME, 1))
    assert belief.witness is not None
    assert belief.witness.source is S.FILE_NAME
    assert [one.source for one in belief.supporters] == [S.CONTAINER_STOP]


def test_a_container_alone_is_unconfirmed_and_says_what_it_cannot_tell() -> None:
    """Start or stop, and which zone, are not to be known."""
    belief, _ = judge(*container())
    assert belief.witness is not None
    assert "未经其他依据证实" in belief.reason.zh
    assert "开始还是停止" in belief.reason.zh


def test_a_clock_that_was_never_set_is_not_believed() -> None:
    """1970 is told and left out."""
    long_ago = Witness(source=S.EXIF, start=datetime(1970, 1, 1, tzinfo=UTC), end=None, raw="")
    belief, findings = judge(long_ago)
    assert belief.witness is None
    assert findings["clock-unset"].severity is Severity.LOW


def test_a_future_time_is_not_believed() -> None:
    """Next year's recording has not been made."""
    belief, findings = judge(witness(S.FILE_NAME, 400 * 86400))
    assert belief.witness is None
    assert "设备或本机的时钟不准" in findings["clock-future"].sentence.zh


def test_nothing_at_all_is_said_plainly() -> None:
    """No witness: no start, with a sentence."""
    belief, findings = judge()
    assert belief.witness is None
    assert "不能确定" in belief.reason.zh
    assert findings == {}


def test_a_stale_satellite_fix_is_no_contradiction() -> None:
    """Cameras write the last fix, some minutes old."""
    _, findings = judge(witness(S.EXIF), witness(S.GPS, -240))
    assert findings == {}
