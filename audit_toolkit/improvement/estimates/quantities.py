"""What is measured: the names of quantities, as results and JSON carry them."""

from __future__ import annotations

from typing import Final

SHARE: Final = "share"
MEAN: Final = "mean"
TOTAL: Final = "total"
RATIO: Final = "ratio"
GRADES: Final = "grades"
