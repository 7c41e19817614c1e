"""Two log files in, numbers out: pure functions that need no simulator.

`score` reads a run folder, `score_records` a run still in memory; both give the same `Scorecard`.
"""

from adn.scoring.scorecard import Scorecard
from adn.scoring.scorer import score, score_records

__all__ = ["Scorecard", "score", "score_records"]
