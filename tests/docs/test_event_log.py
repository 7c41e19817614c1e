"""The page about the event log says what the catalogue says."""

from pathlib import Path

from adn.scoring.describe import event_log_page

PAGE = Path(__file__).parents[2] / "docs" / "event-log.md"


def test_the_page_is_what_the_catalogue_gives() -> None:
    """If this fails, write it anew: python -m adn.scoring.describe docs/event-log.md."""
    assert PAGE.read_text(encoding="utf-8") == event_log_page()
