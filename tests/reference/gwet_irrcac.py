"""Write gwet_irrcac.json: Gwet's AC1 and AC2 of made-up tables with missing ratings, as irrCAC computes them.

Run in an environment of its own, for irrCAC needs numpy below 2: pip install irrcac, then python gwet_irrcac.py
"""

from __future__ import annotations

import json
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pandas as pd
from irrCAC.raw import CAC

SEED = 20100215
SHAPES = ((12, 2, 0.0), (30, 2, 0.2), (25, 3, 0.3), (60, 4, 0.4), (40, 5, 0.6), (30, 8, 0.5), (50, 12, 0.8))
CATEGORIES = [1.0, 2.0, 3.0, 4.0]


def made_up_ratings(generator: np.random.Generator, cases: int, raters: int, missing: float) -> pd.DataFrame:
    """Make grades that agree more than chance, some of them missing; no case is left without a rating."""
    truth = generator.choice(CATEGORIES, size=(cases, 1), p=[0.1, 0.25, 0.4, 0.25])
    guess = generator.choice(CATEGORIES, size=(cases, raters))
    grades = np.where(generator.random((cases, raters)) < 0.6, truth, guess)
    gone = generator.random((cases, raters)) < missing
    gone[np.arange(cases), generator.integers(0, raters, cases)] = False
    return pd.DataFrame(np.where(gone, np.nan, grades))


def computed(table: pd.DataFrame, weights: str) -> dict[str, float]:
    """Give irrCAC's coefficient, its standard error and the agreement seen."""
    found = CAC(table, weights=weights, categories=CATEGORIES, digits=14).gwet()["est"]
    return {"value": found["coefficient_value"], "standard_error": found["se"], "observed": found["pa"]}


def main() -> None:
    """Make the tables, compute, and write the numbers with the versions that gave them."""
    generator = np.random.default_rng(SEED)
    cases = []
    for shape in SHAPES:
        table = made_up_ratings(generator, *shape)
        rows = [[None if np.isnan(cell) else int(cell) for cell in row] for row in table.to_numpy()]
        cases.append({"ratings": rows, "ac1": computed(table, "identity"), "ac2": computed(table, "quadratic")})
    versions = {name: version(name) for name in ("irrCAC", "numpy", "pandas", "scipy")}
    content = {
        "made_by": "gwet_irrcac.py",
        "seed": SEED,
        "versions": versions,
        "categories": CATEGORIES,
        "cases": cases,
    }
    Path(__file__).with_suffix(".json").write_text(json.dumps(content) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
