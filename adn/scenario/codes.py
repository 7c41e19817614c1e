"""The stable codes of what may be wrong with a scenario, each with its one-sentence rule."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

CODES: Final[Mapping[str, str]] = {
    "SCN001": "The file exists and can be read.",
    "SCN002": "The file is a regular file: no directory, pipe or device.",
    "SCN003": "The file holds something.",
    "SCN004": "The file is no larger than 1 MB.",
    "SCN005": "The file is UTF-8 text.",
    "SCN006": "Every quantity has a unit, and one that fits.",
    "SCN007": "The file is YAML.",
    "SCN008": "There are no anchors and aliases: a scenario says things where they belong.",
    "SCN009": "There are no tags: a scenario is data.",
    "SCN010": "A file holds one scenario.",
    "SCN011": "Nesting is no deeper than 40.",
    "SCN012": "A key stands once in its map.",
    "SCN013": "Every key is known.",
    "SCN014": "A fault kind is built in, or defined under `kinds:`.",
    "SCN015": "What is required is there.",
    "SCN016": "A value is of the right type.",
    "SCN017": "A choice is one of those on offer.",
    "SCN018": "A value lies within its limits.",
    "SCN019": "A distribution names its source; `assumption` is one.",
    "SCN020": "A value has the form of what it stands for.",
    "SCN021": "A target exists in the network.",
    "SCN022": "A target is of the type that the fault kind strikes.",
    "SCN023": "A parameter under `with:` is one of the fault kind's.",
    "SCN024": "A fault kind defined in the file does not contradict itself.",
    "SCN025": "Times fit into the run.",
    "SCN027": "There are enough objects to pick from.",
    "SCN029": "Names are used once.",
    "SCN030": "A scenario's name is known.",
    "SCN099": "A file with more than a hundred errors is not listed to its end.",
}
