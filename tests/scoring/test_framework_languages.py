"""A framework's words in another language: read as ours, scored the same, shown to an auditor."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import pytest
from planted import HERE

from audit_toolkit.errors import FrameworkError, RatingError
from audit_toolkit.reporting import framework_html, framework_markdown, framework_text
from audit_toolkit.scoring import Framework, read_ratings, score_cases

BASE = (HERE / "base.yaml").read_text(encoding="utf-8").split("# What each version held")[0]


@pytest.fixture(scope="module")
def base(make_framework: Callable[[str], Framework]) -> Framework:
    return make_framework(BASE)


def ratings(*answers: str) -> pd.DataFrame:
    """Give one case's ratings: FD01, FD02, FD03 and the unscored FD03_gap."""
    ids = ("FD01", "FD02", "FD03", "FD03_gap")
    rows = [["A1", each, answer, "Auditor 1", ""] for each, answer in zip(ids, answers, strict=True)]
    return pd.DataFrame(rows, columns=["case_id", "criterion_id", "rating", "auditor", "comment"], dtype=object)


def test_welsh_ratings_score_as_the_english_ones(base: Framework) -> None:
    english, welsh = ratings("Good", "No", "3 of 5", "Yes"), ratings("Da", "Nac ydy", "3 of 5", "Ydy")
    read = [read_ratings(each, base) for each in (english, welsh)]
    assert read[1].table["rating"].tolist() == read[0].table["rating"].tolist() == ["Good", "No", "3 of 5", "Yes"]
    scores = [score_cases(each, base).table for each in read]
    pd.testing.assert_frame_equal(*scores)
    assert scores[1]["limits_fired"].tolist() == ["FD02: The child was not seen"]


def test_codes_and_both_languages_may_be_mixed_and_others_are_refused(base: Framework) -> None:
    assert read_ratings(ratings("3", "Ydy", "3 of 5", "No"), base).table["rating"].tolist()[:2] == ["Good", "Yes"]
    with pytest.raises(RatingError) as refused:
        read_ratings(ratings("da", "Oui", "3 of 5", "No"), base)
    told = str(refused.value).splitlines()
    assert 'da is not a rating (FD01). Did you mean "Da"? ' in told[0]
    assert "Oui is not a rating (FD02). Use Yes, Partly, No or N/A." in told[1]


def test_it_is_shown_in_the_language_as_far_as_it_has_words(base: Framework) -> None:
    text = framework_text(base, language="cy")
    assert "FD01  Is the reason for the decision recorded?" in text
    assert "[Rhagorol, Da, Digonol or Annigonol] Weight 2. N/A may not be used." in text
    assert "FD02  A welwyd y plentyn?" in text
    assert "[Ydy, Partly or Nac ydy] N/A only for: plentyn heb ei eni." in text
    assert "If FD02 is Nac ydy: no better than Annigonol. The child was not seen." in text
    assert "**FD02** A welwyd y plentyn?" in framework_markdown(base, language="cy")
    page = framework_html(base, language="cy")
    assert '<html lang="en-GB">' in page
    assert '<h1 lang="cy">Y drws ffrynt</h1>' in page
    assert '<td lang="cy">A welwyd y plentyn?</td>' in page
    assert "<td>Is the reason for the decision recorded?</td>" in page


def test_a_language_it_has_no_words_in_is_refused(base: Framework) -> None:
    with pytest.raises(FrameworkError) as refused:
        framework_text(base, language="fr")
    assert str(refused.value) == "front_door has no words in fr. Use one of: cy."
