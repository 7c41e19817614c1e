"""A scenario whose network is a federation of areas, and the ordinary scenario of each area.

An area's scenario is the federation's with one area of the network, and with those faults and
disturbances that fall to it: an entry of `faults:` that strikes twenty times is dealt over the
areas by the run's seed, in proportion to their sizes, among those that have what it strikes. Where
in its area and when it strikes, the area's own key draws; so an area knows of no other. It is a
scenario file like any other, so its run can be replayed, scored and explained without the rest.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np

from adn.base.errors import Finding, TopologyError
from adn.base.streams import Key
from adn.scenario.faultspec import Target
from adn.scenario.marks import Path, Source
from adn.scenario.naturalspec import unfolded
from adn.scenario.reader import LoadedScenario, digest_of, map_of, refused
from adn.scenario.topology import placed
from adn.topology.national import KINDS, Area, divided

Raw = Mapping[str, Any]
_OF_KINDS: Final = ("kind", "from_", "to")


@dataclass(frozen=True)
class Federation:
    """A federation before anything of it is built.

    Attributes:
        loaded: Its scenario.
        raw: The values of the file, as read.
        areas: Its areas, the backbone first.
    """

    loaded: LoadedScenario
    raw: Raw
    areas: tuple[Area, ...]

    @classmethod
    def of(cls, loaded: LoadedScenario) -> Federation:
        """Return the federation that a scenario is of.

        Raises:
            ScenarioError: It cannot be one; everything that is wrong is listed.
        """
        national = loaded.scenario.topology.national
        assert national is not None, loaded.file
        built, data = map_of(loaded.text, loaded.file, "scenario")
        raw, _ = unfolded(data, built.source)
        try:
            held = cls(loaded, raw, divided(national.spec()))
        except TopologyError as error:
            raise placed(loaded, error) from error
        if findings := held.findings():
            raise refused(findings)
        return held

    def area(self, name: str) -> Area:
        """Return an area by its name.

        Raises:
            KeyError: There is none.
        """
        return {area.name: area for area in self.areas}[name]

    def rows(self) -> list[dict[str, Any]]:
        """Return its areas by kind, in plain values; nothing of them is built."""
        national = self.loaded.scenario.topology.national
        services = national.services if national else 0
        rows = []
        for kind in ("backbone", "metro"):
            sizes = [area.elements for area in self.areas if area.kind == kind]
            rows.append(
                {
                    "kind": kind,
                    "areas": len(sizes),
                    "elements": sum(sizes),
                    "smallest": min(sizes),
                    "largest": max(sizes),
                    "services": sum(sizes) * services,
                }
            )
        return rows

    def findings(self) -> list[Finding]:
        """Return what cannot be dealt over areas."""
        findings: list[Finding] = []
        names = {area.name for area in self.areas}
        path: Path
        for table, entries in self._entries():
            for number, entry in enumerate(entries):
                target = getattr(entry, "target", None)
                if entry.area is not None:
                    if entry.area not in names:
                        message = f"the federation has no area '{entry.area}'"
                        path = (table, number, "area")
                        findings.append(self.loaded.finding(path, "SCN021", message))
                elif target is not None and (target.choice.id or target.choice.of):
                    message = "in which area? an object by its id needs area: NAME beside it"
                    path = (table, number, "target")
                    findings.append(self.loaded.finding(path, "SCN015", message))
                elif not self._fit(target):
                    message = "no area of the federation has elements of that kind"
                    path = (table, number, "target", target.table if target else "")
                    findings.append(self.loaded.finding(path, "SCN021", message))
        return findings

    def dealt(self, seed: int) -> Mapping[str, Mapping[str, Counter[int]]]:
        """Return what falls to each area: for `faults` and `disturbances`, how often each entry."""
        key = Key.root(seed).child("federation")
        held = {area.name: {"faults": Counter[int](), "disturbances": Counter[int]()}
                for area in self.areas}  # fmt: skip
        for table, entries in self._entries():
            for number, entry in enumerate(entries):
                times = getattr(entry, "count", 1)
                fit = self._fit(getattr(entry, "target", None), entry.area)
                sizes = np.array([area.elements for area in fit], dtype=np.float64)
                lots = key.stream(f"{table}/{number}").random(times) * sizes.sum()
                rows = np.minimum(np.searchsorted(np.cumsum(sizes), lots, "right"), len(fit) - 1)
                for row in rows.tolist():
                    held[fit[row].name][table][number] += 1
        return held

    def fits(self) -> Iterator[tuple[str, int, list[Area]]]:
        """Yield table and number of every entry, and the areas that it may fall to."""
        for table, entries in self._entries():
            for number, entry in enumerate(entries):
                yield table, number, self._fit(getattr(entry, "target", None), entry.area)

    def scenario_of(
        self, name: str, dealt: Mapping[str, Mapping[str, Counter[int]]]
    ) -> LoadedScenario:
        """Return the ordinary scenario of an area.

        Args:
            name: The area.
            dealt: What falls to the areas, from `dealt`.
        """
        loaded, mine = self.loaded, dealt[name]
        scenario = loaded.scenario
        faults = [loaded.faults[row] for row in sorted(mine["faults"])]
        alone = scenario.model_copy(
            update={
                "name": f"{scenario.name}-{name}",
                "topology": scenario.topology.model_copy(update={"area": name}),
                "faults": tuple(
                    scenario.faults[row].model_copy(update={"count": times, "area": None})
                    for row, times in sorted(mine["faults"].items())
                ),
                "disturbances": tuple(
                    scenario.disturbances[row].model_copy(update={"area": None})
                    for row in sorted(mine["disturbances"])
                ),
                "expect": None,
            }
        )
        text = self._text(name, mine)
        return LoadedScenario(
            scenario=alone,
            source=Source(f"{loaded.file} ({name})", text),
            folder=loaded.folder,
            kinds=loaded.kinds,
            faults=tuple(
                replace(fault, index=place, count=mine["faults"][fault.index])
                for place, fault in enumerate(faults)
            ),
            digest=digest_of(alone, loaded.folder),
        )

    def _text(self, name: str, mine: Mapping[str, Counter[int]]) -> str:
        """Return the file of an area's scenario; JSON is YAML."""
        raw = {key: value for key, value in self.raw.items() if key != "expect"}
        raw["name"] = f"{raw['name']}-{name}"
        raw["topology"] = {**raw["topology"], "area": name}
        for table in ("faults", "disturbances"):
            if table not in raw:
                continue
            rows = [
                {key: value for key, value in raw[table][row].items() if key not in _DEALT}
                | ({"count": times} if table == "faults" else {})
                for row, times in sorted(mine[table].items())
            ]
            raw[table] = rows
        return json.dumps(raw, indent=1, ensure_ascii=False) + "\n"

    def _entries(self) -> Sequence[tuple[str, Sequence[Any]]]:
        scenario = self.loaded.scenario
        return ("faults", scenario.faults), ("disturbances", scenario.disturbances)

    def _fit(self, target: Target | None, named: str | None = None) -> list[Area]:
        """Return the areas that something may fall to: the named one, or those with its kinds."""
        if named is not None:
            return [area for area in self.areas if area.name == named]
        kinds = _kinds_of(target)
        return [area for area in self.areas if kinds <= KINDS[area.kind]]


_DEALT: Final = frozenset({"area", "count"})


def _kinds_of(target: Target | None) -> frozenset[str]:
    """Return the kinds of elements that a target names."""
    if target is None:
        return frozenset()
    named = [getattr(target.choice, key, None) for key in _OF_KINDS]
    named += getattr(target.choice, "kinds", None) or ()
    return frozenset(name for name in named if name is not None)
