"""A run or a ladder as one page: what its logs say, drawn, in a file that asks for nothing."""

from adn.report.ladder import ladder_page, write_ladder
from adn.report.page import report_page, write_report

__all__ = ["ladder_page", "report_page", "write_ladder", "write_report"]
