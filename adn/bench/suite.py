"""From a file to a suite: read as scenarios are, its scenarios looked up, all errors at once."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path as File
from typing import Any

from adn.base.clock import seconds
from adn.base.errors import AdnError, Finding, ScenarioError
from adn.bench.codes import BenchError
from adn.bench.suitespec import Suite
from adn.scenario.library import SUFFIXES, known_scenarios, known_suites, shown_name
from adn.scenario.marks import Path, Source
from adn.scenario.reader import LoadedScenario, map_of, read_bytes, read_file, refused, validate
from adn.scenario.units import shown
from adn.scenario.yaml_marks import build
from adn.topology.naming import closest


@dataclass(frozen=True)
class Case:
    """A scenario of a suite.

    Attributes:
        name: As results call it: the library's name, or the scenario's own if it is a file.
        weight: Its share in means over cases.
        loaded: The scenario.
    """

    name: str
    weight: float
    loaded: LoadedScenario


@dataclass(frozen=True)
class LoadedSuite:
    """A suite with its scenarios.

    Attributes:
        suite: The validated model.
        file: The name of its file, as the user knows it.
        cases: Its scenarios, in the order of the file.
    """

    suite: Suite
    file: str
    cases: tuple[Case, ...]

    @property
    def name(self) -> str:
        """Name and version, as results cite it."""
        return f"{self.suite.suite}@{self.suite.version}"

    @property
    def own_digest(self) -> str:
        """Digest of what the file says, its scenarios left out."""
        content = self.suite.model_dump(mode="json", by_alias=True)
        text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        return blake2b(text.encode(), digest_size=16).hexdigest()

    @property
    def digest(self) -> str:
        """Digest of what it means: the file and every scenario of it."""
        state = blake2b(self.own_digest.encode(), digest_size=16)
        for case in self.cases:
            state.update(f"{case.name}\0{case.loaded.digest}\0".encode())
        return state.hexdigest()

    def as_json(self) -> dict[str, Any]:
        """Return what tables say of it, in plain values; nothing in it depends on where it lies."""
        suite = self.suite
        return {
            "suite": suite.suite,
            "version": suite.version,
            "name": self.name,
            "title": suite.title,
            "about": suite.about,
            "digest": self.digest,
            "cases": [_told(case) for case in self.cases],
            "levels": [level.value for level in suite.levels],
            "seeds": list(suite.seeds.numbers),
            "baselines": suite.baselines and {"seeds": suite.baselines.seeds},
            "approvals": suite.approvals
            and {
                "levels": [level.value for level in suite.approvals.levels],
                "medians_s": [seconds(median) for median in suite.approvals.medians],
                "seeds": suite.approvals.seeds,
            },
            "compare": suite.compare and suite.compare.with_.value,
            "cost": suite.cost and suite.cost.model_dump(),
        }


def _told(case: Case) -> dict[str, Any]:
    scenario = case.loaded.scenario
    return {
        "case": case.name,
        "weight": case.weight,
        "scenario": f"{scenario.name}@{scenario.version}",
        "title": scenario.title,
        "digest": case.loaded.digest,
        "domain": scenario.of_domain,
        "faults": len(case.loaded.faults),
        "tags": list(scenario.tags),
    }


def find_suite(name_or_path: str) -> tuple[File, str]:
    """Return the file that a name or path means, and how to call it.

    Raises:
        BenchError: It means none.
    """
    known = known_suites()
    if name_or_path in known:
        return known[name_or_path], str(known[name_or_path])
    path = File(name_or_path)
    is_path = path.suffix in SUFFIXES or path.is_absolute() or name_or_path.startswith(".")
    if name_or_path and is_path:
        return path, shown_name(name_or_path)
    raise BenchError(
        Finding(
            "BEN004",
            f"unknown suite '{shown_name(name_or_path)}'",
            hint=closest(name_or_path, known),
            see="adn list suites",
        )
    )


def read_suite(name_or_path: str) -> LoadedSuite:
    """Return the suite of a name (``smoke``) or a file, with its scenarios.

    Raises:
        AdnError: There is none, or it cannot be used; everything wrong with it is listed.
    """
    path, shown_as = find_suite(name_or_path)
    return suite_of_text(read_bytes(path, shown_as), shown_as, path.parent)


def is_suite(text: str) -> bool:
    """Whether a text means to be a suite rather than a scenario: it has a key ``suite:``."""
    held = build(text, "").value
    return isinstance(held, dict) and "suite" in held


def suite_of_text(text: str, shown_as: str, folder: File) -> LoadedSuite:
    """Return the suite that a text holds.

    Args:
        text: The text.
        shown_as: Its file's name as the user knows it.
        folder: What names of files in it start from.

    Raises:
        ScenarioError: Something in it is wrong; everything that is wrong is listed.
    """
    built, data = map_of(text, shown_as, "suite")
    source, findings = built.source, list(built.findings)
    suite, slips = validate(Suite, data, source)
    findings += slips
    cases, more = _cases(data, source, folder)
    findings += more
    if suite is not None:
        findings += _contradictions(suite, source)
        if not findings and not any(case.loaded.is_quiet for case in cases):
            message = (
                "every case has faults; add a quiet one, such as quiet-day, where a loop that "
                "cries wolf loses"
            )
            findings.append(source.finding(("cases",), "BEN001", message, key=True))
    if findings or suite is None:
        raise refused(findings)
    return LoadedSuite(suite, source.file, tuple(cases))


def _cases(
    data: Mapping[str, Any], source: Source, folder: File
) -> tuple[list[Case], list[Finding]]:
    """Return every scenario that can be used, and what is wrong with the others."""
    cases: list[Case] = []
    findings: list[Finding] = []
    named: dict[str, str] = {}
    for path, name, weight in _named(data):
        try:
            case, loaded = _read(name, folder)
        except AdnError as error:
            findings.append(_unusable(error, name, path, source))
            continue
        if loaded.digest in named:
            again = f"case {shown(name)} stands twice"
            if named[loaded.digest] != name:
                again = f"{shown(name)} is the same scenario as {shown(named[loaded.digest])}"
            findings.append(source.finding(path, "SCN029", f"{again}; keep one"))
        elif case in (one.name for one in cases):
            message = f"another case is called {shown(case)} as well; rename one"
            findings.append(source.finding(path, "SCN029", message))
        else:
            named[loaded.digest] = name
            cases.append(Case(case, weight, loaded))
    return cases, findings


def _named(data: Mapping[str, Any]) -> Iterator[tuple[Path, str, float]]:
    """Yield place, name and weight of every case that has a name; others are told elsewhere."""
    listed = data.get("cases")
    for number, held in enumerate(listed if isinstance(listed, tuple) else ()):
        path: Path = ("cases", number)
        name, weight = held, 1.0
        if isinstance(held, dict):
            path = (*path, "scenario")
            name, weight = held.get("scenario"), held.get("weight", 1.0)
        if isinstance(name, str) and name.strip():
            sound = isinstance(weight, int | float) and not isinstance(weight, bool)
            yield path, name, float(weight) if sound else 1.0


def _read(name: str, folder: File) -> tuple[str, LoadedScenario]:
    known = known_scenarios()
    if name in known:
        return name, read_file(known[name], str(known[name]))
    if File(name).suffix in SUFFIXES:
        loaded = read_file(folder / name, str(folder / name))
        return loaded.scenario.name, loaded
    raise ScenarioError(
        Finding("SCN030", f"unknown scenario '{shown_name(name)}'", hint=closest(name, known))
    )


def _unusable(error: AdnError, name: str, path: Path, source: Source) -> Finding:
    """Return what is wrong with a case, in the suite's own file."""
    first = error.findings[0]
    if first.code == "SCN030":
        see = "adn list scenarios"
        return source.finding(path, first.code, first.message, hint=first.hint, see=see)
    count = len(error.findings)
    message = f"scenario {shown(name)} cannot be used: {first.code} {first.message}"
    message += f" (and {count - 1} more)" if count > 1 else ""
    see = f"adn check {first.at.file if first.at else name}"
    return source.finding(path, "BEN002", message, see=see)


def _contradictions(suite: Suite, source: Source) -> Iterator[Finding]:
    """Yield what is asked for besides and is not in the suite."""
    levels = [level.value for level in suite.levels]
    for number, level in enumerate(suite.levels):
        if level in suite.levels[:number]:
            message = f"level {level} stands twice; keep one"
            yield source.finding(("levels", number), "SCN029", message)
    asked: list[tuple[Path, str]] = []
    if suite.compare is not None:
        asked.append((("compare", "with"), suite.compare.with_.value))
    if suite.approvals is not None:
        every = enumerate(suite.approvals.levels)
        asked += [(("approvals", "levels", number), level.value) for number, level in every]
        for number, median in enumerate(suite.approvals.medians):
            if median in suite.approvals.medians[:number]:
                path: Path = ("approvals", "medians", number)
                yield source.finding(path, "SCN029", "this median stands twice; keep one")
    for path, name in asked:
        if name not in levels:
            message = f"level {name} is none of the suite's, {', '.join(levels)}"
            yield source.finding(path, "BEN003", message)
    there = len(suite.seeds.numbers)
    for key, entry in (("baselines", suite.baselines), ("approvals", suite.approvals)):
        if entry is not None and entry.seeds > there:
            message = f"{entry.seeds} seeds are asked for, and the suite has {there}"
            yield source.finding((key, "seeds"), "BEN003", message)
