"""What is told in words: suspects and their reasons, what was done, tasks, and the story."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any, Final

from adn.base.clock import format_clock
from adn.base.levelplan import LevelPlan
from adn.base.levels import Task, level_table
from adn.report.axis import counted, span_text
from adn.report.grid import grid
from adn.report.map import badge, cross, diamond, suspects_of
from adn.report.matter import Matter, Subject
from adn.report.svg import Markup, join, tag
from adn.scoring.assess import Handwork
from adn.scoring.assess import Subject as Performer
from adn.scoring.story import offset, story_of
from adn.scoring.tasks import TaskInstance, task_instances

MOST_REASONS: Final = 6
MOST_ORDERS: Final = 12
_WHO: Final = {Performer.SYSTEM: "system", Performer.SHARED: "both", Performer.PERSON: "person"}
_OWED: Final = {"S": "system", "HS": "both", "H": "person"}


def believed(matter: Matter) -> Markup:
    """Return truth, belief and deeds of one matter, each under the sign that the map gives it."""
    return tag("div", *_truth(matter), *_belief(matter), *_deeds(matter), class_="panel")


def _sign(drawn: Markup) -> Markup:
    return tag("svg", drawn, viewBox="0 0 24 24", class_="key", aria_hidden="true")


def _truth(matter: Matter) -> Iterator[Markup]:
    yield tag("h4", _sign(cross((12, 12), "true")), "What was true")
    if matter.score is None:
        said = {"duplicate": "Another incident has the fault that this one is about."}
        yield tag("p", said.get(matter.verdict, "Nothing was wrong here."))
        return
    fault = matter.score.fault
    yield tag("p", tag("strong", fault.kind), " of ", tag("code", fault.target))
    worst = max((len(fault.outside_at(change.at)) for change in fault.impacts), default=0)
    hurt = f"{counted(worst, 'service')} out of limits at worst" if worst else "no service was hurt"
    others = [f"{target} {problem}" for target, problem in fault.right[1:]]
    told = [f"domain {fault.domain}", f"at {format_clock(fault.onset)}", hurt]
    if others:
        told.append(f"as right: {', '.join(others)}")
    yield tag("p", " · ".join(told), class_="note")


def _belief(matter: Matter) -> Iterator[Markup]:
    yield tag("h4", _sign(badge((12, 12), "1", "suspect")), "What was believed")
    if matter.incident is None:
        yield tag("p", "Nobody noticed.")
        return
    rows = suspects_of(matter)
    if not rows:
        yield tag("p", f"{matter.incident.id} named no suspect.")
    right = matter.score.fault.right if matter.score else ()
    yield tag("ol", *(_suspect(row, right) for row in rows), class_="suspects")
    located = sum(1 for _ in matter.of("incident.located"))
    if located > 1:
        yield tag("p", f"located {located} times; this is the last", class_="note")


def reasons(matter: Matter) -> Markup:
    """Return why the last belief was held."""
    located = list(matter.of("incident.located"))
    told = _texts(located[-1].data["because"]) if located else []
    if not told:
        return Markup("")
    shown = [tag("li", reason) for reason in told[:MOST_REASONS]]
    if len(told) > MOST_REASONS:
        shown.append(tag("li", f"and {len(told) - MOST_REASONS} more reasons"))
    return tag("div", tag("h4", "Why it was believed"), tag("ul", *shown), class_="reasons")


def _suspect(row: tuple[str, str, float], right: Iterable[tuple[str, str]]) -> Markup:
    name, problem, chance = row
    bar = tag(
        "svg",
        tag("rect", x=0, y=0, width=100, height=6, class_="track"),
        tag("rect", x=0, y=0, width=max(0.0, min(1.0, chance)) * 100, height=6, class_="chance"),
        viewBox="0 0 100 6",
        preserveAspectRatio="none",
        class_="gauge thin",
        aria_hidden="true",
    )
    hit = tag("span", " right", class_="hit") if (name, problem) in right else Markup("")
    said = join(tag("code", name or "unknown"), f" {problem} ", tag("strong", f"{chance:.0%}"), hit)
    return tag("li", said, bar)


def _deeds(matter: Matter) -> Iterator[Markup]:
    yield tag("h4", _sign(diamond((12, 12), "acted")), "What was done")
    if not matter.orders:
        yield tag("p", "Nothing was commanded.")
        return
    counted = Counter((o.purpose, o.kind, o.field) for o in matter.orders)
    items: list[Markup] = []
    for (purpose, kind, field), count in list(counted.items())[:MOST_ORDERS]:
        group = [o for o in matter.orders if (o.purpose, o.kind, o.field) == (purpose, kind, field)]
        targets = ", ".join(dict.fromkeys(o.target for o in group))
        ends = [o.end for o in group]
        end = None if None in ends else max(at for at in ends if at is not None)
        took = (
            span_text(end - group[0].start, tenths=True)
            if end is not None
            else "not finished by the end of the run"
        )
        failed = sum(o.ok is False for o in group)
        note = f"to {purpose}{' in the field' if field else ''} · {took}"
        note += f" · {failed} failed" if failed else ""
        times = f"{count} × " if count > 1 else ""
        head = join(times, tag("strong", kind), " on ", tag("code", targets))
        items.append(tag("li", head, tag("span", note, class_="note")))
    yield tag("ul", *items, class_="deeds")


def tasks(run: Subject) -> Markup:
    """Return the table of task evidence: by whom, right, in time."""
    table, level = level_table(), LevelPlan.parse(run.card.level).default
    rows: dict[Task, list[TaskInstance]] = {}
    for instance in task_instances(run.log):
        rows.setdefault(instance.task, []).append(instance)
    handwork = Handwork.of(run.log)
    done: dict[str, Counter[Performer]] = {}
    for record in run.log.events:
        if record.task and record.by:
            done.setdefault(record.task, Counter())[handwork.subject(record)] += 1
    body = []
    for task in Task:
        instances = rows.get(task, [])
        who = done.get(task.value, Counter())
        told = ", ".join(f"{_WHO[one]} {who[one]}" for one in sorted(who, reverse=True)) or "–"
        owed = _OWED[table.performer(task, level).value]
        missed = sum(instance.subject is None for instance in instances)
        body.append(
            tag(
                "tr",
                tag("th", tag("b", task.value), f" {table.names[task]}", scope="row"),
                tag("td", owed),
                tag("td", str(sum(who.values())), class_="count"),
                tag("td", told),
                tag("td", *_share(i.right for i in instances), class_="count"),
                tag("td", *_share(i.in_time for i in instances), class_="count"),
                tag("td", str(missed) if missed else "–", class_="count"),
            )
        )
    heads = ("task", f"owed at {level}", "done", "by", "right", "in time", "never done")
    return grid("Evidence of tasks", heads, body)


def _share(judged: Iterable[bool | None]) -> Iterator[Markup | str]:
    """Yield how many of those that can be judged hold, with a bar."""
    known = [one for one in judged if one is not None]
    if not known:
        yield "–"
        return
    good = sum(known)
    yield f"{good} of {len(known)}"
    yield tag(
        "svg",
        tag("rect", x=0, y=0, width=100, height=6, class_="track"),
        tag("rect", x=0, y=0, width=100 * good / len(known), height=6, class_="chance"),
        viewBox="0 0 100 6",
        preserveAspectRatio="none",
        class_="gauge thin",
        aria_hidden="true",
    )


def story(run: Subject, matter: Matter) -> Markup:
    """Return what happened line by line, folded away."""
    if matter.incident is None:
        return Markup("")
    told = story_of(run.log, matter.incident.id)
    rows = [
        tag(
            "tr",
            tag("td", format_clock(line.at), class_="count"),
            tag("td", offset(line.at, matter.start), class_="count"),
            tag("td", tag("span", line.part, class_=f"part part-{line.part}")),
            tag("td", line.text),
        )
        for line in told.lines
    ]
    heads = ("clock", "s", "what was", "")
    return tag(
        "details",
        tag("summary", f"The story of {matter.incident.id}, line by line ({len(rows)})"),
        grid(f"Story of {matter.incident.id}", heads, rows),
    )


def _texts(value: Any) -> list[str]:
    return [str(item) for item in value] if isinstance(value, list) else []
