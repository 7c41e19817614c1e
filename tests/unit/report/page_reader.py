"""Reads a page strictly: every tag closed in order, and everything noted that could reach out."""

from __future__ import annotations

from html.parser import HTMLParser

from story_builder import Run

VOID = {"meta", "br", "hr"}
SCENARIO = """\
adn: 1
name: small-cut
version: 1
title: A cut
about: A cut.
clock: {duration: 1h, warmup: 5min}
topology:
  source: topohub:topozoo/Abilene
  metric: length
  shared_ducts:
    - {name: duct:Kansas-City/west, links: [Denver~Kansas-City, Houston~Kansas-City], length: 30km}
  management: {element: Indianapolis}
operations: {level: L4}
"""
DUCT = ("duct:Kansas-City/west", "fibre-loss")


class Page(HTMLParser):
    """A parsed page."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.faults: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.feed(page)
        self.close()
        self.faults += [f"never closed: {tag}" for tag in self.open]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if len(dict(attrs)) != len(attrs):
            self.faults.append(f"an attribute twice in {tag}: {attrs}")
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.faults.append(f"closed out of order: {tag}")

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] != "style":
            self.texts.append(data)

    @property
    def text(self) -> str:
        """All that is written, blanks as one."""
        return " ".join(" ".join(self.texts).split())

    def classes(self, name: str) -> int:
        """Return how many elements have a class."""
        return sum(name in (attrs.get("class") or "").split() for _, attrs in self.tags)


def on_abilene(run: Run) -> Run:
    """Return a run that says which network it was on."""
    run.extra |= {"source": SCENARIO, "title": "A cut", "versions": {"adn": "0.1.0"}}
    return run


def cut_run() -> Run:
    """Return a run on Abilene in which a duct is cut, located and restored in time."""
    run = on_abilene(Run())
    objects = (DUCT[0], "Denver~Kansas-City", "Houston~Kansas-City", "Denver>Kansas-City")
    run.fault(600.0, target=DUCT[0], objects=objects, restored_s=700.1)
    run.state(600.0, degraded=["svc-1"], down=["svc-2"]).state(700.1, ok=["svc-1", "svc-2"])
    for number in range(1, 8):
        run.alarm(600.0 + number, f"ALM-{number:06}", root=number == 1)
    run.opened(614.2, objects=("Denver>Kansas-City",)).filtered(620.0, "ALM-000001")
    run.located(652.9, DUCT, ("Denver", "fibre-loss"))
    run.plan(653.0, executed_s=700.0)
    data = {"kind": "limit-services", "target": "Denver", "params": {}, "purpose": "mitigate"}
    ref = {"incident": "INC-0001", "plan": "PLN-0001"}
    run.seen(660.0, "command.submitted", "CMD-0001", ref=ref, data=data)
    finished = {"ok": True, "message": "", "finished_s": 700.0}
    run.seen(700.0, "command.finished", "CMD-0001", src="twin", data=finished)
    run.effect("CMD-0001", helped=True)
    return run.verified(730.0, fixed=True)
