"""The power curve of the samples' two rounds."""

from __future__ import annotations

import pytest

from audit_toolkit.errors import ChangeError
from audit_toolkit.improvement import round_power


def test_its_smallest_changes_are_those_of_the_comparison(earlier, later, comparison) -> None:
    curve = round_power(earlier, later)
    grades = comparison.grades()[0].change
    assert (curve.grades.true_change, curve.grades.observed_change) == pytest.approx(
        (grades.detectable_true, grades.detectable_observed)
    )
    assert (curve.n_earlier, curve.n_later, curve.strata) == (60, 60, 12)


def test_a_framework_of_neither_is_refused(earlier, later) -> None:
    with pytest.raises(ChangeError) as refused:
        round_power(earlier, later, "record_keepin")
    assert str(refused.value) == (
        f'{later.name}: "record_keepin" is not a framework of both rounds. Did you mean "record_keeping"?'
    )
