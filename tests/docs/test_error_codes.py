"""Every code that an error may bear is explained in the docs."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
CODE = re.compile(r"\"([A-Z]{3}\d{3})\"")


def test_every_code_stands_in_the_docs() -> None:
    """Whoever is shown a code can look it up."""
    raised = {
        code
        for file in (ROOT / "adn").rglob("*.py")
        for code in CODE.findall(file.read_text(encoding="utf-8"))
    }
    told = " ".join(page.read_text(encoding="utf-8") for page in (ROOT / "docs").rglob("*.md"))
    assert len(raised) > 50
    assert sorted(code for code in raised if code not in told) == []
