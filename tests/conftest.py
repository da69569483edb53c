"""What tests of several rooms share: a real PostgreSQL, for those marked `database`, and a round to moderate."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from moderated_samples import RULE, make_round
from postgres import Server, running


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    with running() as made:
        yield made


@pytest.fixture(scope="session")
def february(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Draw, collect and score the February round by a plan that declares moderation; tests copy what they change."""
    return make_round(tmp_path_factory.mktemp("moderated"), "february-2010", RULE, "cut_off: 2010-03-05")
