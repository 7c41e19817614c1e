"""How figures of the tables are got again: SQL over the stored runs (``adn query``).

The views are ``runs`` (a row a run), ``faults`` (a row a fault of a run) and ``tasks`` (a row a
task instance); `docs/campaigns.md` lists their columns. A clock that never stopped is null there,
and counts as longer than any other; ``approval_s`` is null unless approvals were swept.
"""

from __future__ import annotations

from typing import Final

from adn.bench.groups import LARGEST, SIZES
from adn.reference.agents import BOUNDS as ENDS
from adn.reference.baselines import BASELINES as TRIVIAL


def _listed(names: tuple[str, ...]) -> str:
    return "(" + ", ".join(f"'{name}'" for name in names) + ")"


_SHORT: Final = {
    "$CONTESTABLE": "impact_s IS NOT NULL AND self_healed IS DISTINCT FROM true\n"
    "         AND restorable IS DISTINCT FROM false",
    "$COUNTS": """\
       count(*) AS faults,
       count(*) FILTER (impact_s IS NOT NULL) AS hurting,
       count(*) FILTER (impact_s IS NOT NULL AND detect_s IS NOT NULL) AS found,
       count(*) FILTER (impact_s IS NOT NULL AND located_top1) AS located,
       count(*) FILTER ($CONTESTABLE) AS contestable,
       count(*) FILTER ($CONTESTABLE AND met_135) AS met_135""",
    "$CONTENDERS": "agent NOT IN $BOUNDS AND agent NOT IN $TRIVIAL",
    "$BOUNDS": _listed(ENDS),
    "$TRIVIAL": _listed(tuple(TRIVIAL)),
}
"""What several queries say, by a short name; later ones stand in earlier ones."""


def _whole(query: str) -> str:
    """Return a query with every short name written out."""
    for _ in range(2):
        for short, whole in _SHORT.items():
            query = query.replace(short, whole)
    return query


_RUNGS: Final = """\
WITH f AS (
  SELECT agent, level,
$COUNTS
  FROM faults WHERE approval_s IS NULL GROUP BY agent, level),
r AS (
  SELECT agent, level, count(*) AS runs,
         sum(wrong_actions) AS wrong_actions, sum(false_incidents) AS false_incidents,
         round(avg(people_minutes), 3) AS people_minutes,
         round(avg(field_minutes), 3) AS field_minutes,
         round(avg(down_minutes + degraded_minutes), 3) AS service_minutes
  FROM runs WHERE approval_s IS NULL GROUP BY agent, level)
SELECT agent, level, runs, faults, hurting, found, located, contestable, met_135,
       wrong_actions, false_incidents, people_minutes, field_minutes, service_minutes
FROM r LEFT JOIN f USING (agent, level)
"""

LADDER: Final = _whole(_RUNGS + "WHERE $CONTENDERS\nORDER BY agent, level")

BASELINES: Final = _whole(_RUNGS + "WHERE agent IN $TRIVIAL\nORDER BY agent, level")

BOUNDS: Final = _whole("""\
SELECT agent, count(*) AS runs,
       round(avg(down_minutes + degraded_minutes), 3) AS service_minutes
FROM runs WHERE approval_s IS NULL AND agent IN $BOUNDS
GROUP BY agent ORDER BY agent""")

BY_KIND: Final = _whole("""\
SELECT agent, level, kind,
$COUNTS
FROM faults
WHERE approval_s IS NULL AND $CONTENDERS
GROUP BY agent, level, kind ORDER BY agent, level, kind""")

CLOCKS: Final = _whole("""\
WITH c AS (
  SELECT agent, level, unnest(['detect', 'locate', 'restore']) AS clock,
         unnest([detect_s, locate_s, restore_s]) AS took_s
  FROM faults
  WHERE approval_s IS NULL AND $CONTENDERS
         AND $CONTESTABLE),
n AS (
  SELECT *, count(*) OVER (PARTITION BY agent, level, clock) AS counted,
         row_number() OVER (PARTITION BY agent, level, clock ORDER BY took_s NULLS LAST) AS place
  FROM c)
SELECT agent, level, clock, any_value(counted) AS faults,
       count(*) FILTER (took_s IS NULL) AS never,
       max(took_s) FILTER (place = ceil(0.50 * counted)) AS p50,
       max(took_s) FILTER (place = ceil(0.95 * counted)) AS p95
FROM n GROUP BY agent, level, clock ORDER BY agent, level, clock""")

WORKLOAD: Final = _whole("""\
WITH n AS (SELECT agent, level, count(*) AS runs FROM runs WHERE approval_s IS NULL GROUP BY ALL)
SELECT agent, level, role,
       round(sum(touches) / any_value(runs), 3) AS touches,
       round(sum(minutes) / any_value(runs), 3) AS minutes,
       round(sum(waited_minutes) / any_value(runs), 3) AS waited_minutes, max(peak) AS head_count
FROM roles JOIN n USING (agent, level) WHERE approval_s IS NULL AND $CONTENDERS
GROUP BY agent, level, role ORDER BY agent, level, role""")

EVENINGS: Final = _whole("""\
SELECT "case", seed, agent, level, people_minutes, field_minutes,
       down_minutes + degraded_minutes AS service_minutes, wrong_actions
FROM runs WHERE approval_s IS NULL AND $CONTENDERS
ORDER BY "case", seed, agent, level""")

EVIDENCE: Final = _whole("""\
SELECT agent, level, seed, count(*) FILTER ($CONTESTABLE) AS contestable,
       count(*) FILTER ($CONTESTABLE AND met_135) AS met_135
FROM faults
WHERE approval_s IS NULL AND $CONTENDERS
GROUP BY agent, level, seed ORDER BY agent, level, seed""")

PASSED: Final = _whole("""\
WITH f AS (
  SELECT "case", agent, level, seed,
         count(*) FILTER ($CONTESTABLE AND NOT met_135) AS missed
  FROM faults WHERE approval_s IS NULL GROUP BY ALL)
SELECT agent, level, count(*) AS runs,
       count(*) FILTER (coalesce(missed, 0) = 0 AND wrong_actions = 0 AND false_incidents = 0)
         AS passed
FROM (SELECT * FROM runs WHERE approval_s IS NULL) AS r
LEFT JOIN f USING ("case", agent, level, seed)
WHERE $CONTENDERS
GROUP BY agent, level ORDER BY agent, level""")

APPROVALS: Final = _whole("""\
SELECT agent, level, approval_s, count(*) AS runs,
       round(avg(people_minutes), 3) AS people_minutes,
       round(avg(waited_minutes), 3) AS waited_minutes,
       round(avg(down_minutes + degraded_minutes), 3) AS service_minutes
FROM runs
WHERE $CONTENDERS AND (agent, level, "case", seed) IN (
  SELECT (agent, level, "case", seed) FROM runs WHERE approval_s IS NOT NULL)
GROUP BY agent, level, approval_s
ORDER BY agent, level, approval_s NULLS FIRST""")

_BY: Final = """\
SELECT agent, level, $GROUP, count(*) AS runs,
       round(avg(people_minutes), 3) AS people_minutes,
       round(avg(down_minutes + degraded_minutes), 3) AS service_minutes,
       sum(wrong_actions) AS wrong_actions, sum(false_incidents) AS false_incidents
FROM runs WHERE approval_s IS NULL AND $CONTENDERS
GROUP BY ALL ORDER BY ALL"""


def _by(group: str) -> str:
    return _whole(_BY.replace("$GROUP", group))


BY_DOMAIN: Final = _by("domain")
BY_CASE: Final = _by('"case"')
BY_SIZE: Final = _by(
    "CASE "
    + " ".join(f"WHEN elements <= {most} THEN '{name}'" for most, name in SIZES)
    + f" ELSE '{LARGEST}' END AS size"
)
