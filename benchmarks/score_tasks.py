"""One way to score in a process of its own: python -m benchmarks.score_tasks NAME FOLDER

FOLDER holds ratings.parquet (case_id, criterion_id, rating) and framework.yaml. RESULT, NAME.parquet in it, is written:
case_id, score (NaN where it does not stand) and band.

    python -m benchmarks.score_tasks lay_out FOLDER CASES

writes such a folder: 30 criteria of weight 1 to 3, graded or answered by Yes, Partly and No, with some N/A and blanks;
row groups of a million rows, in random order.

The peers are what an analyst would write: no heading, label, id or double rating is checked. The toolkit checks all.
"""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from typing import Any

RATINGS, FRAMEWORK = "ratings.parquet", "framework.yaml"
CRITERIA, GRADED, ROWS_A_GROUP = 30, 18, 1_000_000
WEIGHTS = {f"Q{number + 1:02}": number % 3 + 1 for number in range(CRITERIA)}
GRADES = {"Outstanding": 1.0, "Good": 0.75, "Adequate": 0.5, "Inadequate": 0.25}
EARNS = {**GRADES, "Yes": 1.0, "Partly": 0.5, "No": 0.0}
BANDS = {"Outstanding": 87.5, "Good": 62.5, "Adequate": 37.5, "Inadequate": 0}
SEEN, COMPLETE_AT = "Q20", 0.9
COLUMNS = ["case_id", "criterion_id", "rating"]


def framework() -> str:
    """Give the framework that the peers compute by hand."""
    kinds = ["graded" if number < GRADED else "yes_partly_no" for number in range(CRITERIA)]
    criteria = [
        f"  - {{id: {name}, ask: Question {name}?, response: {kind}, weight: {weight}}}"
        for (name, weight), kind in zip(WEIGHTS.items(), kinds, strict=True)
    ]
    earns = ", ".join(f'"{label}": {share}' for label, share in EARNS.items())
    bands = ", ".join(f"{label}: {lowest}" for label, lowest in BANDS.items())
    head = ["framework: thirty", 'version: "1.0.0"', "title: Thirty criteria", f"ratings: [{', '.join(GRADES)}]"]
    rules = [f"earns: {{{earns}}}", f"bands: {{{bands}}}", f"score: {{complete_at: {COMPLETE_AT:.0%}}}", "criteria:"]
    limit = f'  - {{if: {SEEN}, is: ["No"], no_better_than: Inadequate, why: The child was not seen}}'
    return "\n".join([*head, *rules, *criteria, "limits:", limit, ""])


def lay_out(folder: Path, cases: int) -> None:
    """Write the framework and the ratings."""
    import numpy as np

    arrow: Any = importlib.import_module("pyarrow")
    parquet: Any = importlib.import_module("pyarrow.parquet")
    (folder / FRAMEWORK).write_text(framework(), encoding="utf-8")
    rng = np.random.default_rng(41352)
    ids = arrow.array([f"C{number:07}" for number in rng.permutation(10_000_000)[:cases]])
    criteria, labels = arrow.array(list(WEIGHTS)), arrow.array([*EARNS, "N/A", ""])
    order = rng.permutation(cases * CRITERIA)
    with parquet.ParquetWriter(folder / RATINGS, arrow.schema([(name, arrow.string()) for name in COLUMNS])) as writer:
        for start in range(0, len(order), ROWS_A_GROUP):
            case, question = np.divmod(order[start : start + ROWS_A_GROUP], CRITERIA)
            graded = rng.choice([0, 1, 2, 3, 7], len(case), p=[0.2, 0.4, 0.25, 0.1, 0.05])
            rating = np.where(question < GRADED, graded, rng.choice([4, 5, 6, 7], len(case), p=[0.6, 0.2, 0.15, 0.05]))
            rating[rng.random(len(case)) < 0.01] = 8
            columns = [
                ids.take(arrow.array(case)),
                criteria.take(arrow.array(question)),
                labels.take(arrow.array(rating)),
            ]
            writer.write_table(arrow.table(columns, names=COLUMNS))


def toolkit(folder: Path) -> None:
    """Score with the toolkit, everything checked, and write scores.parquet as its command does."""
    from audit_toolkit.files import write_frames
    from audit_toolkit.scoring import score_parquet

    scores = score_parquet(folder / RATINGS, folder / FRAMEWORK)
    write_frames(folder / "toolkit.parquet", scores.batches(), force=True)


def pandas(folder: Path) -> None:
    """Score by a groupby, with the types pandas gives."""
    import pandas as pd

    _grouped(pd.read_parquet(folder / RATINGS, columns=COLUMNS), folder / "pandas.parquet")


def pandas_small(folder: Path) -> None:
    """Score by the same groupby with the smallest types: categories for criteria and ratings, ids as Arrow has them."""
    import pandas as pd

    dictionaries = COLUMNS[1:]
    table = pd.read_parquet(folder / RATINGS, columns=COLUMNS, read_dictionary=dictionaries, dtype_backend="pyarrow")
    _grouped(table.astype(dict.fromkeys(dictionaries, "category")), folder / "pandas_small.parquet")


def _grouped(table: Any, result: Path) -> None:
    """Add up by case, divide, cut into bands, apply the limit, and write the scores."""
    import numpy as np
    import pandas as pd

    weight = table["criterion_id"].map(WEIGHTS).astype("int8")
    earned = table["rating"].map({**EARNS, "N/A": np.nan, "": np.nan}).astype("float32")
    sums = pd.DataFrame(
        {
            "case_id": table["case_id"],
            "earned": (weight * earned).fillna(0),
            "answered": weight * earned.notna(),
            "applicable": weight * (table["rating"] != "N/A"),
            "unseen": (table["criterion_id"] == SEEN) & (table["rating"] == "No"),
        }
    )
    del table, weight, earned
    # The sums keep the small types they were made of; ten times 42 would no longer fit.
    cases = sums.groupby("case_id", sort=False).sum().astype("float64")
    score = 100 * cases["earned"] / cases["answered"]
    stands = (cases["answered"] > 0) & (cases["answered"] * 10 >= cases["applicable"] * 9)
    reached = [score >= lowest for lowest in BANDS.values()]
    band = np.where(cases["unseen"] > 0, "Inadequate", np.select(reached, list(BANDS), ""))
    found = {"score": score.where(stands), "band": np.where(stands, band, "")}
    pd.DataFrame(found, index=cases.index).reset_index().to_parquet(result)


def polars(folder: Path) -> None:
    """Score by a lazy group_by over the file, streamed."""
    pl: Any = importlib.import_module("polars")
    rating, criterion = pl.col("rating"), pl.col("criterion_id")
    weight = criterion.replace_strict(WEIGHTS, return_dtype=pl.Int32)
    share = rating.replace_strict({**EARNS, "N/A": 0.0, "": 0.0}, return_dtype=pl.Float64)
    sums = (
        pl.scan_parquet(folder / RATINGS)
        .group_by("case_id")
        .agg(
            earned=(weight * share).sum(),
            answered=(weight * ~rating.is_in(["N/A", ""])).sum(),
            applicable=(weight * (rating != "N/A")).sum(),
            unseen=((criterion == SEEN) & (rating == "No")).any(),
        )
    )
    stands = (pl.col("answered") > 0) & (pl.col("answered") * 10 >= pl.col("applicable") * 9)
    score = 100 * pl.col("earned") / pl.col("answered")
    band = pl.when(pl.col("unseen")).then(pl.lit("Inadequate"))
    for label, lowest in BANDS.items():
        band = band.when(score >= lowest).then(pl.lit(label))
    found = sums.select(
        "case_id", score=pl.when(stands).then(score), band=pl.when(stands).then(band).otherwise(pl.lit(""))
    )
    found.collect(engine="streaming").write_parquet(folder / "polars.parquet")


TASKS = {each.__name__: each for each in (toolkit, pandas, pandas_small, polars)}


def differences(folder: Path, name: str) -> int:
    """Count the cases whose score or band is not that of the toolkit, to the last digit; a missing case counts."""
    import pandas as pd

    tables = [
        pd.read_parquet(folder / f"{each}.parquet", columns=["case_id", "score", "band"]) for each in ("toolkit", name)
    ]
    ours, theirs = (
        each.astype({"case_id": object, "band": object}).set_index("case_id").sort_index() for each in tables
    )
    if not ours.index.equals(theirs.index):
        return len(ours.index.symmetric_difference(theirs.index))
    scores = (ours["score"] == theirs["score"]) | (ours["score"].isna() & theirs["score"].isna())
    return int((~(scores & (ours["band"] == theirs["band"]))).sum())


def main(name: str, folder: str, last: str = "") -> None:
    """Lay out, score, or write down how many cases of each peer differ."""
    here = Path(folder)
    if name == "lay_out":
        lay_out(here, int(last))
    elif name == "compare":
        (here / "differences.txt").write_text(str(differences(here, last)), encoding="utf-8")
    else:
        TASKS[name](here)


if __name__ == "__main__":
    main(*sys.argv[1:])
