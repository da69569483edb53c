"""Ids that Excel changed: the one issued case each may mean, and none where several may be meant."""

from __future__ import annotations

import pytest

from audit_toolkit.scoring.likeness import Likeness


@pytest.mark.parametrize(
    ("issued", "came", "meant"),
    [
        (["0001234", "0012345"], "1234", "0001234"),
        (["0001234", "001234"], "1234", None),
        (["1E5"], "100000", "1E5"),
        (["1E5"], "1.00E+05", "1E5"),
        (["12.10", "12.20"], "12.1", "12.10"),
        (["12.10", "12.1000"], "12.1", None),
        (["7"], "7.0", "7"),
        (["AB 12"], "ab  12 ", "AB 12"),
        (["AB12"], "\u200bAB12\xa0", "AB12"),
        (["123456789012345678"], "1.23456789012346E+17", "123456789012345678"),
        (["123456789012345678", "123456789012399999"], "1.23E+17", None),
        (["123456789012345678", "124456789012345678"], "1.23E+17", "123456789012345678"),
        (["3-5"], "2026-05-03", "3-5"),
        (["3-5"], "03-May", "3-5"),
        (["MAR5"], "2026-03-05", "MAR5"),
        (["5-2010"], "2010-05-01", "5-2010"),
        (["3-5", "5-3"], "2026-05-03", None),
        (["A7"], "B9", None),
        (["A7"], "", None),
    ],
)
def test_the_one_case_an_id_may_mean(issued: list[str], came: str, meant: str | None) -> None:
    assert Likeness(issued).meant(came) == meant
