"""HOW GOOD IS IT: figures for a whole register from one stratified sample, with their intervals."""

from __future__ import annotations
