"""The stable codes of what may be wrong with suites, campaigns and queries, each with its rule."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from adn.base.errors import AdnError

CODES: Final[Mapping[str, str]] = {
    "BEN001": "A suite holds a case without faults: a loop that cries wolf has to lose there.",
    "BEN002": "Every case of a suite can be used.",
    "BEN003": "Levels and seeds asked for besides are among the suite's.",
    "BEN004": "A suite's name is known.",
    "BEN010": "A campaign is resumed with the suite, the scenarios and the code it began with.",
    "BEN011": "A resumed campaign plans every run that is recorded.",
    "BEN012": "A campaign is run by one process at a time.",
    "BEN013": "The ledger of a campaign is whole.",
    "BEN014": "The file of a recorded run is whole.",
    "BEN015": "What a campaign leaves can be written.",
    "BEN016": "The folder of a campaign can be read, and holds one.",
    "BEN020": "The packages that are needed are installed.",
    "BEN021": "The address of a cluster has the form of one.",
    "BEN022": "A cluster answers, has workers, and can be used.",
    "BEN023": "A cluster runs the same code of adn as this machine.",
    "BEN030": "A query is sound SQL over the views.",
    "BEN031": "A query is one SELECT.",
    "BEN032": "It is clear which campaign is asked.",
    "BEN040": "A leaderboard can be read.",
    "BEN041": "An entry of a leaderboard has its form.",
    "BEN042": "Entries of one suite and version ran the same scenarios.",
    "BEN043": "A leaderboard holds one entry of an agent and version for a suite.",
    "BEN044": "A leaderboard can be written.",
}


class BenchError(AdnError):
    """A suite, a campaign or a query cannot be used as it stands (codes ``BEN…``)."""
