"""Lets the tests of this folder import `campaign_builder`, and gives them its tables."""

import sys
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))


@pytest.fixture(scope="session")
def results() -> list[dict[str, Any]]:
    from campaign_builder import campaign

    return campaign()


@pytest.fixture(scope="session")
def tables(results: list[dict[str, Any]]) -> dict[str, Any]:
    from campaign_builder import SUITE

    from adn.bench.tables import tables_of

    return tables_of(SUITE, results)
