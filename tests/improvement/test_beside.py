"""What stands beside the verdict of the samples' two rounds: joined from the verbs that work it out."""

from __future__ import annotations

import json

from audit_toolkit.improvement import beside_verdict, round_rater_error, round_spread, sensitivity_checks


def test_it_joins_the_verbs(comparison, earlier, later) -> None:
    found = beside_verdict(comparison)
    assert found.title == "Quality of assessment"
    assert found.checks[0] == sensitivity_checks(earlier.measure("grades"), later.measure("grades"))
    assert [column for column, _ in found.spread] == list(later.plan.domains)
    assert str(found.spread[0][1]) == str(round_spread(later, later.plan.domains[0]))
    assert found.error.sentences() == round_rater_error(earlier, later).sentences()
    said = found.sentences()
    assert [each.split(":")[0] for each in said[:5]] == [
        "Van Elteren, grades",
        "Stratified permutation, grades",
        "Mantel-Haenszel, share",
        "Stratified permutation, share",
        "Later round",
    ]
    assert str(found).startswith("Beside the verdict on Quality of assessment, never in its place:\n")
    assert json.loads(json.dumps(found.to_dict()))["framework"] == "Quality of assessment"


def test_no_sentence_of_it_is_a_verdict(comparison) -> None:
    words = ("improved", "worsened", "no worse", "no change")
    assert not [said for said in beside_verdict(comparison).sentences() if any(word in said.lower() for word in words)]
