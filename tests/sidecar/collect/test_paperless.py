"""A round with Paperless: what fails stands alone."""

import pytest

from quancheng_sidecar.archive.paperless.session import PaperlessRefused, PaperlessUnreachable
from quancheng_sidecar.collect.paperless import Round, _alone


def test_look_that_fails_is_owed_and_ends_no_round() -> None:
    """A document that cannot be taken over is to be looked at again, and the round goes on."""
    done = Round()
    with _alone(1, done):
        raise PaperlessRefused(zh="不行。", en="No.")
    with _alone(2, done):
        done.cases.add("甲")
    assert (done.later, done.cases) == (1, {"甲"})


def test_nobody_answering_ends_the_round() -> None:
    """Where Paperless itself is away, nothing else is tried."""
    done = Round()
    with pytest.raises(PaperlessUnreachable), _alone(1, done):
        raise PaperlessUnreachable(zh="没有应答。", en="No answer.")
    assert done.later == 0
