"""A leaderboard: a file that anybody may add entries to, each citing the suite it was earned on.

An entry says what an agent earned on a suite, and cites the suite's digest: entries of one suite
and version are comparable only if they were run on the same scenarios, so an entry whose digest
differs is refused. Nothing here reads a clock: whoever adds an entry says when.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path
from typing import Any, Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from adn.base.errors import Finding, Position
from adn.base.levels import AutonomyLevel
from adn.bench.codes import BenchError

FORMAT: Final = 1
MOST_BYTES: Final = 16_000_000
_NAME: Final = r"^[A-Za-z0-9][A-Za-z0-9 ._+()/-]{0,79}$"
_DIGEST: Final = r"^[0-9a-f]{16,128}$"


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)


class Figure(_Part):
    """A mean or a share with its 95 % interval."""

    value: float
    interval: tuple[float, float] | None = Field(None, strict=False)


class Earned(_Part):
    """What was earned in a domain at one claimed level."""

    claimed: AutonomyLevel = Field(strict=False)
    domain: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$")
    verdict: str = Field(pattern=r"^(earned|not demonstrated|no level)$")
    earned: AutonomyLevel | None = Field(None, strict=False)
    score: float | None = Field(None, ge=0.0, le=5.0)
    runs: int = Field(ge=1)


class Score(_Part):
    """The headline figures at one claimed level."""

    claimed: AutonomyLevel = Field(strict=False)
    met_135: Figure | None = None
    people_minutes: Figure | None = None
    service_minutes: Figure | None = None
    wrong_actions: int = Field(ge=0)
    false_incidents: int = Field(ge=0)


class Entry(_Part):
    """One agent on one suite."""

    agent: str = Field(pattern=_NAME)
    version: str = Field(pattern=_NAME)
    suite: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{0,79}$")
    suite_version: int = Field(ge=1)
    suite_digest: str = Field(pattern=_DIGEST)
    campaign_digest: str = Field(pattern=_DIGEST)
    cases: tuple[str, ...] = Field(min_length=1, max_length=1000, strict=False)
    seeds: tuple[int, ...] = Field(min_length=1, max_length=10_000, strict=False)
    date: str = Field(pattern=r"^\d{4}-\d{2}-\d{2}$")
    levels: tuple[Earned, ...] = Field(min_length=1, strict=False)
    scores: tuple[Score, ...] = Field(min_length=1, strict=False)

    @property
    def name(self) -> tuple[str, str, str, int]:
        """What there is one entry of: agent and version on suite and version."""
        return (self.agent, self.version, self.suite, self.suite_version)


def entry_of(
    tables: Mapping[str, Any], agent: str, version: str, date: str, ran: str = "adn"
) -> Entry:
    """Return the entry of a campaign.

    Args:
        tables: The campaign's, as `adn.bench.tables.tables_of` gives them.
        agent: What the leaderboard calls whoever ran the network.
        version: Its version.
        date: The day, as 2026-01-31.
        ran: What the campaign calls it.

    Raises:
        BenchError: A name or the date is not of its form (``BEN041``).
    """
    suite = tables["suite"]
    given = {
        "agent": agent,
        "version": version,
        "suite": suite["suite"],
        "suite_version": suite["version"],
        "suite_digest": suite["digest"],
        "campaign_digest": digest_of(tables),
        "cases": sorted(case["case"] for case in suite["cases"]),
        "seeds": suite["seeds"],
        "date": date,
        "levels": [
            {key: row[key] for key in Earned.model_fields}
            for row in tables["levels"]
            if row["agent"] == ran
        ],
        "scores": [_score(row) for row in tables["ladder"]["rows"] if row["agent"] == ran],
    }
    return _entry(given, "this entry")


def digest_of(tables: Mapping[str, Any]) -> str:
    """Return a digest of everything that the tables of a campaign say."""
    text = json.dumps(tables, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return blake2b(text.encode(), digest_size=16).hexdigest()


def read_leaderboard(file: Path) -> tuple[Entry, ...]:
    """Return the entries of a leaderboard, by suite and rank.

    Raises:
        BenchError: It cannot be read (``BEN040``), an entry is not of its form (``BEN041``),
            entries of one suite and version are of different scenarios (``BEN042``), or one agent
            and version stands there twice for one suite (``BEN043``).
    """
    place = Position(str(file))
    try:
        if file.stat().st_size > MOST_BYTES:
            raise BenchError(Finding("BEN040", f"more than {MOST_BYTES:,} bytes", place))
        held = json.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        message = f"the leaderboard cannot be read: {error.strerror or error}"
        raise BenchError(Finding("BEN040", message, place)) from None
    except (ValueError, RecursionError):
        raise BenchError(Finding("BEN040", "this is no JSON", place)) from None
    if not isinstance(held, dict) or held.get("leaderboard") != FORMAT:
        message = f'no leaderboard of format {FORMAT}; it begins {{"leaderboard": {FORMAT}, …'
        raise BenchError(Finding("BEN040", message, place))
    rows = held.get("entries")
    if not isinstance(rows, list):
        raise BenchError(Finding("BEN040", "entries has to be a list", place))
    entries = [_entry(row, f"{file}: entry {number}") for number, row in enumerate(rows, 1)]
    findings = list(_clashes(entries, str(file)))
    if findings:
        raise BenchError(findings)
    return tuple(sorted(entries, key=_rank))


def add_entry(file: Path, entry: Entry) -> tuple[Entry, ...]:
    """Add an entry to a leaderboard, which is made if it is not there, and return all entries.

    An entry of the same agent and version on the same suite and version takes the place of the
    earlier one.

    Raises:
        BenchError: As `read_leaderboard`, for the file with the entry; or it cannot be written
            (``BEN044``), and then it is as it was.
    """
    before = read_leaderboard(file) if file.exists() else ()
    entries = [one for one in before if one.name != entry.name] + [entry]
    findings = list(_clashes(entries, str(file)))
    if findings:
        raise BenchError(findings)
    ranked = tuple(sorted(entries, key=_rank))
    rows = [one.model_dump(mode="json") for one in ranked]
    text = json.dumps({"leaderboard": FORMAT, "entries": rows}, indent=1, ensure_ascii=False)
    aside = file.with_name(f".{file.name}.{os.getpid()}.part")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        aside.write_text(text + "\n", encoding="utf-8", newline="\n")
        aside.replace(file)
    except OSError as error:
        message = f"the leaderboard cannot be written: {error.strerror or error}"
        raise BenchError(Finding("BEN044", message, Position(str(file)))) from None
    finally:
        with suppress(OSError):
            aside.unlink(missing_ok=True)
    return ranked


def _rank(entry: Entry) -> tuple[Any, ...]:
    """Return what entries are sorted by: suite, then the best level earned everywhere, then name.

    An agent stands as high as in its poorest domain, at the claim that earned it most.
    """
    by_domain: dict[str, float] = {}
    for row in entry.levels:
        score = -1.0 if row.score is None else row.score
        by_domain[row.domain] = max(by_domain.get(row.domain, -1.0), score)
    scores = list(by_domain.values())
    mean = sum(scores) / len(scores)
    return (entry.suite, -entry.suite_version, -min(scores), -mean, entry.agent, entry.version)


def _clashes(entries: Sequence[Entry], file: str) -> Iterator[Finding]:
    """Yield why entries cannot stand in one file."""
    digests: dict[tuple[str, int], Entry] = {}
    names: set[tuple[str, str, str, int]] = set()
    for one in entries:
        first = digests.setdefault((one.suite, one.suite_version), one)
        suite = f"{one.suite}@{one.suite_version}"
        mine, theirs = (f"{entry.agent} {entry.version}" for entry in (one, first))
        if first.suite_digest != one.suite_digest:
            message = (
                f"{mine} ran {suite} of digest {one.suite_digest}, but {theirs} ran digest "
                f"{first.suite_digest}; raise the version of a suite that is changed"
            )
            yield Finding("BEN042", message, Position(file))
        elif first.cases != one.cases:
            message = (
                f"{mine} ran {len(one.cases)} cases of {suite}, and {theirs} {len(first.cases)}; "
                "run the same cases"
            )
            yield Finding("BEN042", message, Position(file))
        if one.name in names:
            message = f"{one.agent} {one.version} stands there twice for {suite}"
            yield Finding("BEN043", message, Position(file))
        names.add(one.name)


def _entry(given: Any, where: str) -> Entry:
    try:
        return Entry.model_validate(given)
    except ValidationError as error:
        findings = [
            Finding("BEN041", f"{'.'.join(map(str, one['loc'])) or 'entry'}: {one['msg']}", at)
            for at in (Position(where),)
            for one in error.errors(include_input=False, include_url=False)[:20]
        ]
        raise BenchError(findings) from None


def _score(row: Mapping[str, Any]) -> dict[str, Any]:
    def figure(held: Mapping[str, Any], key: str) -> dict[str, Any] | None:
        if held[key] is None:
            return None
        return {"value": float(held[key]), "interval": held["interval"]}

    return {
        "claimed": row["level"],
        "met_135": figure(row["met_share"], "share"),
        "people_minutes": figure(row["people_minutes"], "mean"),
        "service_minutes": figure(row["service_minutes"], "mean"),
        "wrong_actions": row["wrong_actions"],
        "false_incidents": row["false_incidents"],
    }
