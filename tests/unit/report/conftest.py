"""Lets the tests of this folder import `story_builder`, and gives them the parts of a page."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parents[1] / "scoring"))
