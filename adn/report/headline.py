"""What came of a run in numbers: its figures, and the three clocks of each fault."""

from __future__ import annotations

from typing import Final

from adn.base.clock import MINUTE, Millis, seconds
from adn.report.axis import counted, span_text
from adn.report.matter import Matter, Subject
from adn.report.svg import Markup, join, path, tag
from adn.scoring.clocks import Targets
from adn.scoring.scorecard import FaultScore

FULL: Final = 78.0
"""Where on a bar of 100 the target stands."""


def figures(subject: Subject) -> Markup:
    """Return the figures of the run as a row of tiles."""
    card = subject.card
    found = sum(1 for score in card.faults if score.clocks.detect is not None)
    alarms = card.alarms
    touches = counted(card.people.touches, "touch", "touches")
    false = f"{card.false_incidents} false, {card.duplicates} double"
    degraded = f"and degraded {_minutes(card.service.degraded)} of service"
    rows = (
        ("faults found", f"{found} of {len(card.faults)}", _besides(subject)),
        ("incidents", f"{card.incidents}", false),
        ("wrong actions", f"{card.wrong_actions}", f"of {len(subject.orders)} commands"),
        ("services down", _minutes(card.service.down), degraded),
        ("people", _minutes(card.people.desks), f"at desks, in {touches}"),
        ("field crews", _minutes(card.people.field), "on the way and at work"),
        ("alarms", f"{alarms.shown} of {alarms.raw}", "were shown to people"),
        ("lived level", card.level_lived, f"configured {card.level}"),
    )
    tiles = [
        tag("div", tag("dt", name), tag("dd", value), tag("dd", note, class_="note"), class_="tile")
        for name, value, note in rows
    ]
    return tag("dl", *tiles, class_="tiles")


def _besides(subject: Subject) -> str:
    missed, faults = len(subject.card.missed()), subject.card.faults
    if not faults:
        return "nothing was broken"
    contestable = sum(score.contestable for score in faults)
    return f"1-3-5 met for {contestable - missed} of {contestable} that count"


def outcome(subject: Subject) -> Markup:
    """Return the run's outcome in one sentence."""
    faults, missed = subject.card.faults, subject.card.missed()
    if not faults:
        false = subject.card.false_incidents
        said = "Nothing was broken, and nothing was believed to be."
        if false:
            said = f"Nothing was broken, yet {counted(false, 'incident')} opened."
        return tag("p", said, class_="outcome quiet" if not false else "outcome bad")
    count = sum(score.contestable for score in faults)
    if missed:
        said = f"{len(missed)} of {counted(count, 'fault')} missed a clock."
        return tag("p", sign(good=False), " ", said, class_="outcome bad")
    if not count:
        said = "No fault called for action: each healed by itself or could not be helped."
        return tag("p", said, class_="outcome quiet")
    what = (
        "The fault met all three clocks." if count == 1 else f"All {count} faults met their clocks."
    )
    return tag("p", sign(good=True), " ", what, class_="outcome good")


def clocks(score: FaultScore, targets: Targets) -> Markup:
    """Return the three clocks of a fault as bars against their targets, and the repair."""
    took = score.clocks
    by = f"by {took.restored_by}" if took.restored_by else ""
    located = "right object and kind" if took.located_top1 else ""
    if not took.located_top1 and took.class_top1:
        located = "right kind, wrong object"
    rows = (
        ("Detect", took.detect, targets.detect, ""),
        ("Locate", took.locate, targets.locate, located),
        ("Restore", took.restore, targets.restore, by),
    )
    unhurt = took.impact is None
    cards = [
        _clock(name, span, target, note, unhurt=unhurt and name == "Restore")
        for name, span, target, note in rows
    ]
    return tag("div", *cards, class_="clocks")


def standing(matter: Matter) -> Markup:
    """Return how a fault stands besides its clocks."""
    score = matter.score
    if score is None:
        return Markup("")
    fault, took = score.fault, score.clocks
    told = [f"repaired after {span_text(took.rectify)}" if took.rectify is not None
            else "not repaired by the end of the run"]  # fmt: skip
    if not score.contestable:
        told.append("does not count: it heals by itself" if fault.self_healed else
                    "does not count: it cannot be helped in time" if fault.restorable is False
                    else "does not count: no service was hurt")  # fmt: skip
    told.append(f"1-3-5 {'met' if score.met_135 else 'missed'}")
    told.append(f"step by step {'met' if score.met_135_per_phase else 'missed'}")
    return tag("p", " · ".join(told), class_="note")


def sign(*, good: bool) -> Markup:
    """Return a tick or a cross, drawn, so that no fount is needed."""
    strokes = [(3.0, 8.5), (6.5, 12.0), (13.0, 4.0)]
    drawn = path(strokes) if good else path([(4, 4), (12, 12)]) + path([(12, 4), (4, 12)])
    return tag(
        "svg",
        tag("title", "met" if good else "missed"),
        tag("path", d=drawn),
        viewBox="0 0 16 16",
        role="img",
        class_=f"sign {'good' if good else 'bad'}",
    )


def _clock(name: str, took: Millis | None, target: Millis, note: str, *, unhurt: bool) -> Markup:
    met = took is not None and took <= target
    verdict = join(sign(good=met), " met" if met else " missed")
    if unhurt:
        verdict, note = join("not called for"), "no service was hurt"
    elif took is None:
        verdict = join(sign(good=False), " never")
    look = "quiet" if unhurt else "good" if met else "bad"
    return tag(
        "div",
        tag("h4", name),
        tag("p", span_text(took, tenths=True), class_="big"),
        _gauge(name, took, target, look),
        tag("p", f"within {span_text(target)}", tag("span", verdict, class_="verdict")),
        tag("p", note, class_="note") if note else Markup(""),
        class_=f"clock {look}",
    )


def _gauge(name: str, took: Millis | None, target: Millis, look: str) -> Markup:
    """Return a bar: the share of the target that was used; what is beyond all measure is cut."""
    share = 0.0 if took is None else min(100.0, max(1.5, FULL * took / max(target, 1)))
    over = took is not None and target > 0 and FULL * took / target > 100.0
    parts: list[Markup] = [tag("rect", x=0, y=2, width=100, height=8, rx=1, class_="track")]
    if took is not None:
        parts.append(tag("rect", x=0, y=2, width=share, height=8, rx=1, class_=f"used {look}"))
    if over:
        parts.append(tag("path", d="M92 1L95 11M95 1L98 11", class_="cut"))
    parts.append(tag("line", x1=FULL, y1=0, x2=FULL, y2=12, class_="target"))
    told = "never" if took is None else f"took {seconds(took):g} s"
    return tag(
        "svg",
        tag("title", f"{name}: {told}, target {seconds(target):g} s"),
        *parts,
        viewBox="0 0 100 12",
        preserveAspectRatio="none",
        role="img",
        class_="gauge",
    )


def _minutes(span: Millis) -> str:
    return f"{span / MINUTE:,.1f} min"
