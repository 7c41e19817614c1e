"""What a trainee is told in plain words: read from `texts.yml`, by language."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any, Final

ENGLISH: Final = "en"


@cache
def texts() -> Mapping[str, Any]:
    """Return all texts, as the file has them."""
    import yaml

    file = resources.files("adn.training").joinpath("texts.yml")
    found: Mapping[str, Any] = yaml.safe_load(file.read_text(encoding="utf-8"))
    return found


def said(text: Mapping[str, str], language: str = ENGLISH) -> str:
    """Return a text in a language, in English where it was not translated.

    >>> said({"en": "fault"}, "zh"), said({"en": "fault", "zh": "故障"}, "zh")
    ('fault', '故障')
    """
    return text.get(language, text[ENGLISH])


def task_name(task: str, language: str = ENGLISH) -> str:
    """Return what a task is called.

    >>> task_name("H")
    'Find the cause'
    """
    return said(texts()["tasks"][task]["name"], language)


def task_asked(task: str, *, suggested: bool, language: str = ENGLISH) -> str:
    """Return what is asked of whoever does a task, with a suggestion of the system or without."""
    asked = said(texts()["tasks"][task]["asked"], language)
    return f"{asked} {said(texts()['shared'], language)}" if suggested else asked


def performer_name(performer: str, language: str = ENGLISH) -> str:
    """Return who a performer of the level table is.

    >>> performer_name("HS")
    'people with the system'
    """
    return said(texts()["performers"][performer], language)


def task_hint(task: str, language: str = ENGLISH) -> str:
    """Return the general advice on a task."""
    return said(texts()["hints"][task], language)
