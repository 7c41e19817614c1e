"""The 15-minute roll-ups of a run as one Parquet table: mean and peak of every series.

Raw series of a national network are 69 GB a day; roll-ups of a quarter of an hour are what is kept
of all of them, and raw ones are kept round incidents alone.
"""

from __future__ import annotations

from importlib.util import find_spec
from io import BytesIO
from typing import Any, Final

import numpy as np

from adn.base.clock import seconds
from adn.base.errors import AdnError, Finding
from adn.northbound.post import Observation, RollUp
from adn.northbound.telemetry import Roster

FILE: Final = "rollups.parquet"


def refuse_without_parquet() -> None:
    """Refuse to keep roll-ups where pyarrow is not installed.

    Raises:
        AdnError: It is not.
    """
    if find_spec("pyarrow") is None:
        message = "roll-ups are kept as Parquet, which needs pyarrow; pip install 'adn[bench]'"
        raise AdnError(Finding("RUN028", message))


class RollUps:
    """Collects the roll-ups that reach operations."""

    def __init__(self) -> None:
        self._names: dict[str, tuple[str, ...]] = {}
        self._held: list[RollUp] = []

    def take(self, seen: Observation) -> None:
        """Take in what reaches operations."""
        if isinstance(seen, Roster):
            self._names[seen.table] = tuple(seen.ids)
        elif isinstance(seen, RollUp):
            self._held.append(seen)

    def content(self) -> bytes:
        """Return the table as a Parquet file: start, table, object, KPI, mean, peak, complete."""
        import pyarrow as pa
        import pyarrow.parquet as pq

        schema = pa.schema(
            [
                ("start_s", pa.float64()),
                ("table", pa.dictionary(pa.int32(), pa.string())),
                ("object", pa.dictionary(pa.int32(), pa.string())),
                ("kpi", pa.dictionary(pa.int32(), pa.string())),
                ("mean", pa.float32()),
                ("peak", pa.float32()),
                ("complete", pa.float32()),
            ]
        )
        sink = BytesIO()
        with pq.ParquetWriter(sink, schema, compression="zstd") as writer:
            for roll_up in self._held:
                writer.write_table(pa.table(self._columns(roll_up, pa), schema=schema))
        return sink.getvalue()

    def _columns(self, roll_up: RollUp, pa: Any) -> dict[str, Any]:
        kpis, rows = roll_up.mean.shape
        size = kpis * rows

        def named(codes: Any, names: tuple[str, ...]) -> Any:
            return pa.DictionaryArray.from_arrays(pa.array(codes, pa.int32()), pa.array(names))

        return {
            "start_s": np.full(size, seconds(roll_up.start)),
            "table": named(np.zeros(size, dtype=np.int32), (roll_up.table,)),
            "object": named(np.tile(np.arange(rows), kpis), self._names[roll_up.table]),
            "kpi": named(np.repeat(np.arange(kpis), rows), roll_up.kpis),
            "mean": roll_up.mean.ravel(),
            "peak": roll_up.peak.ravel(),
            "complete": np.full(size, roll_up.complete, dtype=np.float32),
        }
