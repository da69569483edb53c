"""Long files of ratings: the scores of score_cases to the last digit, and what is wrong in the same words."""

from __future__ import annotations

import dataclasses
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audit_toolkit.errors import AuditError, FileError, RatingError
from audit_toolkit.files import parquet_rows
from audit_toolkit.scoring import Framework, bulk_answers, bulk_problems, score_cases, score_parquet
from audit_toolkit.scoring.case_index import CaseIndex

ANSWERS = {
    "G1": ["", "4", "Good", "Adequate", "Inadequate"],
    "G2": ["", "Outstanding", "Good", "1", "N/A"],
    "Y1": ["", "Yes", "Partly", "No", "N/A"],
    "R1": ["", "0 of 3", "2 of 3", "5 of 7", "N/A"],
    "T1": ["", "met", "not met", "pending"],
    "R1_gap": ["", "Yes", "No"],
}
IDS = [
    "0001234",
    "1234",
    "NA",
    "é",
    "e\u0301",
    "案例一",
    "👧🏽",
    "a longer id than eight bytes",
    " x ",
    "x",
    *map(str, range(20)),
]
Row = tuple[str, str, str]


def write(path: Path, columns: dict[str, object], group: int = 7) -> Path:
    pq.write_table(pa.table(columns), path, row_group_size=group)
    return path


def long(path: Path, rows: Sequence[Row], group: int = 7, **more: Sequence[str]) -> Path:
    case, criterion, rating = zip(*rows, strict=True) if rows else ((), (), ())
    texts = {"case_id": case, "criterion_id": criterion, "rating": rating, **more}
    return write(path, {name: pa.array(list(values), pa.string()) for name, values in texts.items()}, group)


def refusal(action: Callable[[], object]) -> str:
    with pytest.raises(AuditError) as refused:
        action()
    return refused.value.describe(None)


@st.composite
def rated(draw: st.DrawFn) -> list[Row]:
    """Some ratings of some cases, each case and question at most once, in any order."""
    cells = draw(st.lists(st.tuples(st.sampled_from(IDS), st.sampled_from(sorted(ANSWERS))), unique=True, min_size=1))
    rows = [(case, question, draw(st.sampled_from(ANSWERS[question]))) for case, question in cells]
    return draw(st.permutations(rows))


@settings(max_examples=60, deadline=None)
@given(rows=rated(), group=st.integers(1, 40))
@pytest.mark.slow
def test_long_scores_are_those_of_score_cases(every_kind: Framework, rows: list[Row], group: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        found = score_parquet(long(Path(folder) / "r.parquet", rows, group), every_kind)
    table = pd.DataFrame(rows, columns=["case_id", "criterion_id", "rating"])
    expected = score_cases(table, every_kind)
    pd.testing.assert_frame_equal(found.to_frame(), expected.table, check_exact=True)
    assert found.notes == expected.notes
    assert str(found) == str(expected)
    assert found.to_dict() == expected.to_dict()


@settings(max_examples=60, deadline=None)
@given(rows=rated(), order=st.permutations(sorted(ANSWERS)), group=st.integers(1, 9))
@pytest.mark.slow
def test_wide_scores_are_those_of_score_cases(
    every_kind: Framework, rows: list[Row], order: list[str], group: int
) -> None:
    table = pd.DataFrame(rows, columns=["case_id", "criterion_id", "rating"])
    wide = table.pivot(index="case_id", columns="criterion_id", values="rating").reindex(columns=order).astype(object)
    wide = wide.where(wide.notna(), "")
    wide = wide.sample(frac=1, random_state=1).reset_index().astype(object)
    with tempfile.TemporaryDirectory() as folder:
        columns = {name: pa.array(wide[name].tolist(), pa.string()) for name in wide}
        found = score_parquet(write(Path(folder) / "w.parquet", columns, group), every_kind)
    expected = score_cases(wide, every_kind)
    pd.testing.assert_frame_equal(found.to_frame(), expected.table, check_exact=True)
    assert found.notes == expected.notes


def test_many_cases_batches_and_parts_make_one_table(
    tmp_path: Path, three_graded: Framework, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parquet_rows, "STREAMED_BATCH_ROWS", 1000)
    rng = np.random.default_rng(4)
    ids = [f"{number:07}" for number in range(20_000)]
    rows = [(case, each, str(rng.integers(1, 5))) for case in ids for each in ("C1", "C2", "C3")]
    rows = [rows[place] for place in rng.permutation(len(rows))]
    found = score_parquet(long(tmp_path / "r.parquet", rows, 3500), three_graded)
    parts = list(found.batches())
    assert [len(part) for part in parts] == [16_384, 3_616]
    expected = score_cases(pd.DataFrame(rows, columns=["case_id", "criterion_id", "rating"]), three_graded)
    pd.testing.assert_frame_equal(pd.concat(parts, ignore_index=True), expected.table, check_exact=True)


def test_columns_of_any_type_are_read_as_their_text(tmp_path: Path, three_graded: Framework) -> None:
    columns = {
        "case_id": pa.array(["a", "b", "c"]).dictionary_encode(),
        "C1": pa.array([4, 1, None], pa.int8()),
        "C2": pa.array([3.0, float("nan"), 2.0]),
        "C3": pa.array(["Good", "N/A", None], pa.large_string()),
        "auditor": pa.array(["Ann", None, "Ben"]),
    }
    found = score_parquet(write(tmp_path / "w.parquet", columns), three_graded)
    wide = pd.DataFrame(
        {"case_id": ["a", "b", "c"], "C1": ["4", "1", ""], "C2": ["3", "", "2"], "C3": ["Good", "N/A", ""]}
    )
    pd.testing.assert_frame_equal(found.to_frame(), score_cases(wide, three_graded).table)


def test_more_answers_than_a_byte_can_tell_apart(tmp_path: Path, every_kind: Framework) -> None:
    rows = [(f"case {due:03}", "R1", f"{met} of {due}") for due in range(1, 300) for met in (due // 2,)]
    rows += [(case, "G1", "Good") for case, *_ in rows]
    found = score_parquet(long(tmp_path / "r.parquet", rows, 50), every_kind)
    expected = score_cases(pd.DataFrame(rows, columns=["case_id", "criterion_id", "rating"]), every_kind)
    pd.testing.assert_frame_equal(found.to_frame(), expected.table, check_exact=True)


def test_ratings_of_another_framework_are_counted_and_left_aside(tmp_path: Path, three_graded: Framework) -> None:
    rows = [("a", "C1", "4"), ("a", "AQ01", "met"), ("b", "RK01", "Yes"), ("a", "AQ02", "Yes")]
    found = score_parquet(long(tmp_path / "r.parquet", rows, 2), three_graded)
    assert found.to_frame()["case_id"].tolist() == ["a"]
    assert found.notes == (
        "1 of 1 cases incomplete: too much is unanswered for a score.",
        "2 ratings belong to assessment_quality, which was not asked for; they are left aside.",
        "1 rating belongs to record_keeping, which was not asked for; it is left aside.",
    )


def test_every_wrong_row_is_named_at_once(tmp_path: Path, every_kind: Framework) -> None:
    rows = [
        ("a", "G1", "Good"),
        ("", "G2", "Good"),
        ("b", "G9", "Good"),
        ("b", "", "Good"),
        ("c", "Y1", "Goood"),
        ("c", "G1", "N/A"),
        ("a", "G1", "Adequate"),
        ("d", "R1", "2 of 3"),
        ("a", "G1", ""),
    ]
    path = long(tmp_path / "r.parquet", rows, 3, auditor=["Ann"] * 6 + ["Ben"] + ["Ann"] * 2)
    assert refusal(lambda: score_parquet(path, every_kind)) == "\n".join(
        [
            'r.parquet, row 3, column "case_id": the case id is empty. Write the case_id exactly as in the sample.',
            'r.parquet, row 4 (case b), column "criterion_id": G9 is not a criterion of every_kind. Use one of: G1, '
            "G2, Y1, R1, T1, R1_gap.",
            'r.parquet, row 5 (case b), column "criterion_id": the criterion is empty. Write the id of the criterion, '
            "such as AQ01.",
            'r.parquet, row 6 (case c), column "rating": Goood is not a rating (Y1). Use Yes, Partly, No or N/A.',
            'r.parquet, row 7 (case c), column "rating": N/A is not allowed: every case has an answer (G1). Use '
            "Outstanding, Good, Adequate or Inadequate.",
            "r.parquet, row 8 (case a): G1 is rated by Ben, and by Ann on row 2: a second auditor nobody assigned. "
            "Keep one rating, or give the sample that names a second_auditor.",
        ]
    )
    assert refusal(lambda: score_cases(path, every_kind)) == refusal(lambda: score_parquet(path, every_kind))


@settings(max_examples=50, deadline=None)
@given(rows=rated(), spoilt=st.data(), group=st.integers(1, 9))
def test_what_is_wrong_is_said_as_of_any_other_table(
    every_kind: Framework, rows: list[Row], spoilt: st.DataObject, group: int
) -> None:
    rows = [*rows, *spoilt.draw(st.lists(st.sampled_from(rows), max_size=3))]
    for place in spoilt.draw(st.lists(st.integers(0, len(rows) - 1), max_size=4)):
        case, question, rating = rows[place]
        wrong = [("", question, rating), (case, "G3", rating), (case, "", rating), (case, question, "good ")]
        rows[place] = spoilt.draw(st.sampled_from(wrong))
    with tempfile.TemporaryDirectory() as folder:
        path = long(Path(folder) / "r.parquet", rows, group)
        said = []
        for action in (lambda: score_cases(path, every_kind), lambda: score_parquet(path, every_kind)):
            try:
                said.append(str(action()))
            except RatingError as refused:
                said.append(refused.describe(None))
    assert said[0] == said[1]


def test_a_wide_file_says_its_row_and_criterion(tmp_path: Path, three_graded: Framework) -> None:
    columns = {
        "case_id": ["a", "b", "a", None],
        "C1": ["4", "5", "3", "2"],
        "C2": ["4", "3", "", "2"],
        "C3": ["4", "Good", "", "2"],
    }
    path = write(tmp_path / "w.parquet", columns, 2)
    assert refusal(lambda: score_parquet(path, three_graded)) == "\n".join(
        [
            'w.parquet, row 3 (case b), column "C1": 5 is not a rating. Use 4, 3, 2, 1 or N/A.',
            "w.parquet, row 4 (case a): the case is rated a second time; first on row 2. Keep one of the two rows.",
            'w.parquet, row 5, column "case_id": the case id is empty. Write the case_id exactly as in the sample.',
        ]
    )


def test_past_the_named_rows_the_rest_are_counted(
    tmp_path: Path, three_graded: Framework, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk_problems, "NAMED", 1)
    rows = [("a", "C1", "9"), ("a", "C2", "4"), ("b", "C1", "9"), ("c", "C1", "9"), ("a", "C2", "4"), ("a", "C2", "4")]
    assert refusal(lambda: score_parquet(long(tmp_path / "r.parquet", rows, 2), three_graded)) == "\n".join(
        [
            'r.parquet, row 2 (case a), column "rating": 9 is not a rating (C1). Use 4, 3, 2, 1 or N/A.',
            "r.parquet, row 4: 2 more rows, from here on, hold something wrong. Mend those named first, then score "
            "again.",
            "r.parquet, row 6 (case a): C2 is rated a second time; first on row 3. Keep one of the two rows.",
            "r.parquet, row 7: 1 more row rates what was rated before. Mend those named first, then score again.",
        ]
    )


def test_headings_that_do_not_fit_are_named_with_what_else_is_wrong(tmp_path: Path, three_graded: Framework) -> None:
    path = long(tmp_path / "r.parquet", [("a", "C1", "9")], coment=["x"])
    assert refusal(lambda: score_parquet(path, three_graded)) == "\n".join(
        [
            'r.parquet, column "coment": coment is not a column of ratings. Did you mean "comment"?',
            'r.parquet, row 2 (case a), column "rating": 9 is not a rating (C1). Use 4, 3, 2, 1 or N/A.',
        ]
    )
    path = write(tmp_path / "m.parquet", {"case_id": ["a"], "criterion_id": ["C1"]})
    assert refusal(lambda: score_parquet(path, three_graded)) == (
        'm.parquet: rating is missing. Add a column headed "rating".'
    )
    path = write(tmp_path / "w.parquet", {"case_id": ["a"], "C1": ["4"], "C2": ["4"], "CC3": ["4"]})
    assert refusal(lambda: score_parquet(path, three_graded)) == "\n".join(
        [
            'w.parquet, column "CC3": CC3 is not a criterion of bad_input. Did you mean "C3"?',
            'w.parquet: C3 of bad_input is missing. Add a column headed "C3"; leave its cells blank where there is no '
            "rating.",
        ]
    )


def test_ids_that_are_numbers_are_refused(tmp_path: Path, three_graded: Framework) -> None:
    columns = {"case_id": [1234], "criterion_id": ["C1"], "rating": ["4"]}
    assert refusal(lambda: score_parquet(write(tmp_path / "r.parquet", columns), three_graded)) == (
        'r.parquet, column "case_id": the case ids are of the type int64, not text: leading zeros and digits may be '
        "lost already. Write the ids as text (a string column) and export it again."
    )


def test_ids_that_hold_nul_are_no_text_or_too_long_are_refused(tmp_path: Path, three_graded: Framework) -> None:
    path = long(tmp_path / "r.parquet", [("a", "C1", "4"), ("a\0", "C1", "4"), ("12345678", "C1", "4")])
    assert refusal(lambda: score_parquet(path, three_graded)) == (
        'r.parquet, row 3, column "case_id": the cell holds a NUL character, where other programs would cut it short. '
        "Take it out."
    )
    path = long(tmp_path / "r.parquet", [("a", "C1", "4"), ("x" * 129, "C1", "4"), ("x" * 128, "C1", "4")])
    assert refusal(lambda: score_parquet(path, three_graded)) == (
        'r.parquet, row 3, column "case_id": the id is 129 bytes long; at most 128 are read.'
    )
    broken = pa.array([b"\xff", b"b"]).cast(pa.binary()).view(pa.string())
    path = write(tmp_path / "r.parquet", {"case_id": broken, "criterion_id": ["C1", "C1"], "rating": ["4", "4"]})
    assert refusal(lambda: score_parquet(path, three_graded)) == (
        'r.parquet, column "case_id": the column holds bytes that are no text (UTF-8). Export it again.'
    )


def test_files_that_cannot_be_read_are_refused(tmp_path: Path, three_graded: Framework) -> None:
    def said(path: Path) -> str:
        with pytest.raises(FileError) as refused:
            score_parquet(path, three_graded)
        return str(refused.value)

    whole = long(tmp_path / "r.parquet", [("a", "C1", "4")])
    assert said(long(tmp_path / "e.parquet", [])) == ("e.parquet: there are no rows. Look that this is the right one.")
    cut = tmp_path / "cut.parquet"
    cut.write_bytes(whole.read_bytes()[:-10])
    assert said(cut) == "cut.parquet: the Parquet file is damaged: its end is missing. Send it again."
    text = tmp_path / "text.parquet"
    text.write_text("case_id,criterion_id,rating\n" * 1000, encoding="utf-8")
    assert said(text) == "text.parquet: not a Parquet file: the content looks like CSV. Rename it to .csv."
    assert said(tmp_path) == f"{tmp_path.name}: this is a folder, not a file."
    twice = write(tmp_path / "t.parquet", {"case_id": ["a"], "C1": ["4"], "c1 ": ["4"]})
    assert said(twice) == (
        't.parquet, column "c1 ": the heading looks the same as "C1". Give each column its own heading.'
    )
    listed = write(tmp_path / "l.parquet", {"case_id": ["a"], "C1": [["4"]]})
    assert said(listed).startswith('l.parquet, column "C1": the column is of the type list<')


def test_row_groups_and_tables_too_large_are_refused(
    tmp_path: Path, three_graded: Framework, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = long(tmp_path / "r.parquet", [("a", "C1", "4"), ("b", "C1", "4")])
    monkeypatch.setattr(bulk_answers, "CODE_BYTES", 3)
    assert refusal(lambda: score_parquet(path, three_graded)) == (
        "r.parquet: it rates more than 1 cases, as many as are scored. Score it in parts."
    )
    monkeypatch.setattr(parquet_rows, "STREAMED_ROWS", 1)
    monkeypatch.setattr(parquet_rows, "TABLE_BYTES", 10)
    assert refusal(lambda: score_parquet(path, three_graded)) == "\n".join(
        [
            "r.parquet: it holds 2 rows; at most 1 are read. Give a smaller one: only the rows and columns of the "
            "register.",
            "r.parquet: a row group of it unpacks to 0 MiB; at most 0 MiB are read at a time. Write it again in "
            "smaller row groups.",
        ]
    )


@settings(max_examples=50, deadline=None)
@given(
    batches=st.lists(
        st.lists(
            st.tuples(
                st.text(st.characters(exclude_characters="\0", codec="utf-8"), min_size=1, max_size=9), st.booleans()
            )
        ),
        max_size=6,
    )
)
def test_a_case_keeps_the_place_it_was_first_met_at(batches: list[list[tuple[str, bool]]]) -> None:
    index, known = CaseIndex(), {}
    for batch in batches:
        ids = [case.encode() for case, _ in batch]
        width = max([8, *(-(-len(each) // 8) * 8 for each in ids)])
        found = index.places(np.array(ids, dtype=f"S{width}"), np.array([wanted for _, wanted in batch], dtype=bool))
        for case, wanted in batch:
            if wanted:
                known.setdefault(case, len(known))
        assert found.tolist() == [known.get(case, -1) for case, _ in batch]
    assert index.ids(0, len(index)) == list(known)


def test_ids_that_meet_on_one_slot_are_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(CaseIndex, "_hash", lambda self, words: np.full(len(words[0]), len(self._slots) - 2))
    index = CaseIndex()
    ids = np.array([f"{number}".encode() for number in range(300)], dtype="S8")
    assert index.places(ids, np.ones(300, dtype=bool)).tolist() == list(range(300))
    assert index.places(ids[::-1]).tolist() == list(range(300))[::-1]
    assert index.places(np.array([b"x"], dtype="S8")).tolist() == [-1]


def test_a_limit_that_fires_is_said_once_a_combination(tmp_path: Path, every_kind: Framework) -> None:
    rows = [
        ("a", "Y1", "No"),
        ("a", "G2", "Inadequate"),
        ("b", "G2", "Adequate"),
        ("c", "Y1", "No"),
        ("d", "Y1", "Yes"),
    ]
    table = score_parquet(long(tmp_path / "r.parquet", rows), every_kind).to_frame()
    assert table["limits_fired"].tolist() == [
        "Y1: The child was not seen; G2: The second thing is not good",
        "G2: The second thing is not good",
        "Y1: The child was not seen",
        "",
    ]
    assert dataclasses.is_dataclass(score_parquet(tmp_path / "r.parquet", every_kind))
