"""A level plan: the level a network is run at, and the domains that are run at another.

Operators raise autonomy domain by domain, so one network may be at several levels at once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from adn.base.levels import AutonomyLevel


@dataclass(frozen=True, slots=True)
class LevelPlan:
    """Who does what, by domain.

    Attributes:
        default: The level of whatever has no level of its own: of the tasks before an incident's
            domain is known, and of the domains that are not named.
        domains: The domains at another level than `default`, each with its own, sorted.

    >>> plan = LevelPlan.by_domain({"ip": AutonomyLevel.L4}, AutonomyLevel.L3)
    >>> str(plan), plan.at("ip").value, plan.at("optical").value
    ('L3+ip-L4', 'L4', 'L3')
    >>> LevelPlan.parse("L3+ip-L4") == plan
    True
    """

    default: AutonomyLevel
    domains: tuple[tuple[str, AutonomyLevel], ...] = ()

    @classmethod
    def of(cls, level: AutonomyLevel | LevelPlan) -> LevelPlan:
        """Return a plan, or the plan that is at one level everywhere."""
        return level if isinstance(level, LevelPlan) else cls(level)

    @classmethod
    def by_domain(
        cls, levels: Mapping[str, AutonomyLevel], default: AutonomyLevel | None = None
    ) -> LevelPlan:
        """Return the plan of levels by domain; without a default, that is the lowest of them.

        Raises:
            ValueError: There are neither levels nor a default.
        """
        held = min(levels.values()) if default is None else default
        return cls(held, tuple((d, level) for d, level in sorted(levels.items()) if level != held))

    @classmethod
    def parse(cls, text: str) -> LevelPlan:
        """Return the plan that `str` wrote so.

        Raises:
            ValueError: It is no level plan.
        """
        default, *rest = text.split("+")
        levels = {}
        for item in rest:
            domain, dash, level = item.rpartition("-")
            if not (domain and dash) or domain in levels:
                raise ValueError(f"{text!r} is no level plan")
            levels[domain] = AutonomyLevel(level)
        plan = cls.by_domain(levels, AutonomyLevel(default))
        if str(plan) != text:
            raise ValueError(f"{text!r} is no level plan")
        return plan

    def at(self, domain: str = "") -> AutonomyLevel:
        """Return the level of a domain; of a domain not yet known, the default."""
        return dict(self.domains).get(domain, self.default)

    @property
    def varies(self) -> bool:
        """Whether any domain is at another level than the rest."""
        return bool(self.domains)

    def __str__(self) -> str:
        """Return it as folders and logs are named: ``L4``, or ``L3+ip-L4``."""
        return "+".join([self.default, *(f"{domain}-{level}" for domain, level in self.domains)])
