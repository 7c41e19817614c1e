"""`docs/faults.md`, written from the kinds: what each changes, how it shows, what ends it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from adn.faults.kinds import FaultKind, ImpairmentSpec, Intermittent, Ramp, built_in_kinds
from adn.twin.properties import PROPERTIES

_HEAD = """\
# Fault kinds

Written from `adn/faults/catalogue/` by `python -m adn.faults.datasheets docs/faults.md`; do not
edit.

A fault impairs conditions and nothing else: alarms, losses and reroutes follow from the impaired
network, and a fault ends when the parts that its impairments sit on are renewed. What the sheets
say of symptoms and remedies is not read by the simulator. The admission audit
(`adn.testing.audit`) tries it on several networks: the symptom shows on the struck path and not
elsewhere, it persists, a command that renews nothing broken leaves it, and each repair ends it and
leaves the network exactly as it was. A *grey* kind raises no alarm and leaves ports and adjacencies
up; that is tried, too.
"""


def faults_page() -> str:
    """Return the page."""
    kinds = built_in_kinds()
    rows = [
        f"| [{kind.name}](#{kind.name}) | {kind.target} | {kind.problem} | "
        f"{'yes' if kind.grey else 'no'} |"
        for kind in kinds.values()
    ]
    table = ["| kind | strikes a | problem class | grey |", "|---|---|---|---|", *rows]
    sheets = ["\n".join(_sheet(kind)) for kind in kinds.values()]
    return "\n".join([_HEAD, *table, "", *sheets]).rstrip() + "\n"


def _sheet(kind: FaultKind) -> Iterator[str]:
    yield f"## {kind.name}"
    yield ""
    yield kind.says
    yield ""
    yield "| | |"
    yield "|---|---|"
    yield f"| strikes | {'an' if kind.target == 'element' else 'a'} {kind.target} |"
    for spec in kind.impairments:
        yield f"| changes | {_impairment(spec)} |"
    for name, row in kind.parameters.items():
        limits = f"{row.low:g} to {row.high:g}"
        unit = "" if row.unit in {"ratio", "flag", "count"} else f" {row.unit}"
        yield f"| `{name}` | {row.says}: {row.default:g}{unit}, {limits} (source: {row.source}) |"
    if kind.rate:
        yield f"| occurs | {kind.rate.value:g} {kind.rate.unit} (source: {kind.rate.source}) |"
    else:
        yield "| occurs | no published rate |"
    yield f"| shows as | {kind.observability or '—'} |"
    yield f"| seen by state checks | {'no (grey)' if kind.grey else 'yes'} |"
    yield f"| right answer | {kind.problem}, domain {kind.domain} |"
    yield f"| mitigated by | {_list(kind.mitigated_by)} |"
    yield f"| repaired by | {_list(kind.repaired_by)} |"
    yield ""


def _list(names: tuple[str, ...]) -> str:
    return ", ".join(f"`{name}`" for name in names) or "—"


def _impairment(spec: ImpairmentSpec) -> str:
    prop = PROPERTIES[spec.property]
    where = "" if spec.of == "target" else f" of its {spec.of}"
    unit = "" if prop.unit in {"ratio", "flag", "count"} else f" {prop.unit}"
    value = f"`{spec.value}`" if isinstance(spec.value, str) else f"{spec.value:g}{unit}"
    verb = {"set": "set to", "add": "raised by", "scale": "multiplied by"}[spec.op]
    course = ""
    if isinstance(spec.course, Ramp):
        course = f", growing over {spec.course.over // 1000} s in {spec.course.steps} steps"
    elif isinstance(spec.course, Intermittent):
        on, off = spec.course.on // 1000, spec.course.off // 1000
        course = f", on for {on} s and off for {off} s on average"
    return (
        f"`{prop.key}`{where} ({prop.says}) {verb} {value}{course}; part: {spec.part or prop.part}"
    )


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(faults_page(), encoding="utf-8")
