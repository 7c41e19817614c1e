"""Suites as tables and descriptions, for `adn list` and `adn show`; and whether a file is one."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from adn.base.errors import AdnError
from adn.bench.plan import plan_of
from adn.bench.suite import LoadedSuite, is_suite, read_suite
from adn.scenario.library import known_scenarios, known_suites
from adn.scenario.reader import read_bytes

KIND: Final = "suites"
SAYS: Final = "suites of scenarios, levels and seeds"


def suite_rows() -> list[Mapping[str, Any]]:
    """Return every suite of the library: name, version, how many cases and runs, title."""
    rows: list[Mapping[str, Any]] = []
    for name in known_suites():
        try:
            suite = read_suite(name)
        except AdnError as error:
            title = f"cannot be used: {len(error.findings)} errors; adn check {name}"
            rows.append(
                {"name": name, "version": None, "cases": None, "runs": None, "title": title}
            )
        else:
            known = {"name": name, "version": suite.suite.version, **_counts(suite)}
            rows.append({**known, "title": suite.suite.title})
    return rows


def described(name_or_path: str) -> dict[str, Any]:
    """Return what there is to say of a suite.

    Raises:
        AdnError: There is none, or it cannot be used.
    """
    suite = read_suite(name_or_path)
    told = suite.as_json()
    return {
        **{key: told[key] for key in ("suite", "version", "title", "about", "digest")},
        "runs": len(plan_of(suite).cells),
        "levels": told["levels"],
        "seeds": f"{told['seeds'][0]} to {told['seeds'][-1]}",
        "compare": told["compare"],
        "baselines": told["baselines"],
        "approvals": told["approvals"],
        "cost": told["cost"],
        "cases": [
            {key: row[key] for key in ("case", "title", "domain", "faults", "weight")}
            for row in told["cases"]
        ],
    }


def means_suite(name_or_path: str) -> bool:
    """Whether a name or a file means a suite, and no scenario."""
    if name_or_path in known_scenarios():
        return False
    if name_or_path in known_suites():
        return True
    try:
        path = Path(name_or_path)
        return path.is_file() and is_suite(read_bytes(path, name_or_path))
    except (AdnError, OSError, ValueError):
        return False


def checked(name_or_path: str) -> dict[str, Any]:
    """Return what `adn check` says of a sound suite.

    Raises:
        AdnError: It cannot be used; everything that is wrong is listed.
    """
    suite = read_suite(name_or_path)
    return {
        "ok": True,
        "name": suite.suite.suite,
        "version": suite.suite.version,
        "digest": suite.digest,
        **_counts(suite),
        "findings": [],
    }


def _counts(suite: LoadedSuite) -> dict[str, int]:
    return {"cases": len(suite.cases), "runs": len(plan_of(suite).cells)}
