"""Elements of HTML and SVG as text: what is not markup already is escaped, always.

Everything that a page shows comes from files that anybody may have written, so there is one road
into the page, and it escapes. Attributes are never style or script: the policy of the page forbids
both, and looks come from classes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import escape
from typing import Final

_FORBIDDEN: Final = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]"
)
"""Characters that HTML does not allow, written or escaped."""
_REORDERING: Final = re.compile("[\u202a-\u202e\u2066-\u2069]")
"""Marks that turn the direction of writing, by which a name can pose as another."""
_VOID: Final = frozenset({"meta", "br", "hr"})

Value = str | int | float | bool | None


class Markup(str):
    """Text that is markup already, and is not escaped again."""

    __slots__ = ()


Child = Markup | str | Iterable[Markup]


def text(value: object) -> Markup:
    r"""Return a value as text that is safe inside and between tags.

    >>> text('<b title="x">'), text("a\x00b")
    ('&lt;b title=&quot;x&quot;&gt;', 'a\ufffdb')
    """
    shown = _REORDERING.sub("\ufffd", _FORBIDDEN.sub("\ufffd", str(value)))
    return Markup(escape(shown, quote=True))


def tag(name: str, /, *children: Child, **attributes: Value) -> Markup:
    """Return an element; a trailing underscore of an attribute is dropped, others become dashes.

    Attributes that are None or False are left out, and those that are True stand alone. Numbers
    are rounded to hundredths, which no eye tells apart, and which every machine writes alike.

    >>> tag("line", x1=1.0, x2=2.345678, class_="a")
    '<line x1="1" x2="2.35" class="a"></line>'
    >>> tag("p", "a < b", tag("br"))
    '<p>a &lt; b<br></p>'
    """
    written = "".join(_attribute(key, value) for key, value in attributes.items())
    if name in _VOID:
        return Markup(f"<{name}{written}>")
    return Markup(f"<{name}{written}>{join(*children)}</{name}>")


def join(*children: Child) -> Markup:
    """Return children one after the other, those that are no markup escaped."""
    return Markup("".join(_inner(child) for child in children))


def figure(width: float, height: float, name: str, says: str, *children: Child) -> Markup:
    """Return a drawing that scales, with a name and a description for those who do not see it."""
    return tag(
        "svg",
        tag("title", name),
        tag("desc", says),
        *children,
        viewBox=f"0 0 {number(width)} {number(height)}",
        role="img",
        aria_label=f"{name}. {says}",
    )


def picture(drawn: Markup, name: str, look: str = "wide") -> Markup:
    """Return a drawing in a region to scroll in where the page is narrow."""
    return tag("div", drawn, class_=f"picture {look}", role="region", tabindex=0, aria_label=name)


def number(value: float) -> str:
    """Return a coordinate: hundredths at most, no trailing zeros, no minus zero.

    >>> number(1.005), number(2.0), number(-0.001)
    ('1', '2', '0')
    """
    shown = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if shown in {"-0", ""} else shown


def path(points: Iterable[tuple[float, float]], *, closed: bool = False) -> str:
    """Return the path data of a polyline."""
    steps = "L".join(f"{number(x)} {number(y)}" for x, y in points)
    return f"M{steps}{'Z' if closed else ''}" if steps else ""


def _inner(child: Child) -> str:
    if isinstance(child, Markup):
        return child
    if isinstance(child, str):
        return text(child)
    return "".join(_inner(each) for each in child)


def _attribute(key: str, value: Value) -> str:
    if value is None or value is False:
        return ""
    name = key.rstrip("_") if key in {"class_", "for_"} else key.replace("_", "-")
    if value is True:
        return f" {name}"
    shown = number(value) if isinstance(value, int | float) else text(value)
    return f' {name}="{shown}"'
