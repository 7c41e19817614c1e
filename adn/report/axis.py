"""The time axis that the pictures of one matter share, and how spans are written on it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from adn.base.clock import HOUR, MINUTE, SECOND, Millis
from adn.report.svg import Markup, tag

WIDTH: Final = 960.0
LEFT: Final = 150.0
RIGHT: Final = 30.0
_STEPS: Final[tuple[Millis, ...]] = (
    SECOND,
    2 * SECOND,
    5 * SECOND,
    10 * SECOND,
    20 * SECOND,
    30 * SECOND,
    MINUTE,
    2 * MINUTE,
    5 * MINUTE,
    10 * MINUTE,
    20 * MINUTE,
    30 * MINUTE,
    HOUR,
    2 * HOUR,
    6 * HOUR,
    12 * HOUR,
    24 * HOUR,
    7 * 24 * HOUR,
)


@dataclass(frozen=True, slots=True)
class Axis:
    """A stretch of simulated time on paper.

    Attributes:
        first: The instant at the left.
        last: The instant at the right; later than `first`.
        zero: What written times count from.
    """

    first: Millis
    last: Millis
    zero: Millis

    def x(self, at: Millis) -> float:
        """Return where an instant is; what lies outside is at the edge."""
        inside = min(max(at, self.first), self.last)
        return LEFT + (WIDTH - LEFT - RIGHT) * (inside - self.first) / (self.last - self.first)

    def holds(self, at: Millis) -> bool:
        """Return whether an instant is on paper."""
        return self.first <= at <= self.last

    def ticks(self, most: int = 10) -> Iterator[Millis]:
        """Yield round instants, `most` at most, or days for very long runs."""
        span = self.last - self.first
        step = next((step for step in _STEPS if span / step <= most), _STEPS[-1])
        while span / step > most:
            step *= 2
        at = self.zero + -((self.zero - self.first) // step) * step
        while at <= self.last:
            yield at
            at += step

    def grid(self, top: float, bottom: float, *, signed: bool) -> Iterator[Markup]:
        """Yield the lines of the ticks and the times written below them."""
        for at in self.ticks():
            x = self.x(at)
            zero = signed and at == self.zero
            yield tag("line", x1=x, y1=top, x2=x, y2=bottom, class_="zero" if zero else "grid")
            written = signed_span(at - self.zero) if signed else span_text(at - self.zero)
            yield tag("text", written, x=x, y=bottom + 15, text_anchor="middle", class_="tick")


def span_text(span: Millis | None, *, tenths: bool = False) -> str:
    """Write a span as m:ss or h:mm:ss, with tenths if asked; a dash for one that never ended.

    >>> span_text(14_240), span_text(14_240, tenths=True), span_text(12_429_700), span_text(None)
    ('0:14', '0:14.2', '3:27:09', '–')
    """
    if span is None:
        return "–"
    whole, rest = divmod(abs(span) // 100, 10)
    minutes, seconds = divmod(whole, 60)
    hours, minutes = divmod(minutes, 60)
    head = f"{hours}:{minutes:02d}" if hours else f"{minutes}"
    tail = f".{rest}" if tenths else ""
    return f"{'−' if span < 0 else ''}{head}:{seconds:02d}{tail}"


def signed_span(span: Millis) -> str:
    """Write a span with its sign; none for zero.

    >>> signed_span(-30_000), signed_span(0), signed_span(60_000)
    ('−0:30', '0:00', '+1:00')
    """
    return f"+{span_text(span)}" if span > 0 else span_text(span)


def counted(count: int, one: str, several: str = "") -> str:
    """Write a number of things.

    >>> counted(1, "service"), counted(2, "touch", "touches")
    ('1 service', '2 touches')
    """
    return f"{count} {one if count == 1 else several or one + 's'}"
