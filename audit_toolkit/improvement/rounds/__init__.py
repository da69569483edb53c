"""THESE ROUNDS: the contents of round folders, whether they may be compared, and every measure of them."""

from __future__ import annotations
