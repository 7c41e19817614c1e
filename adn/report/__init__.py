"""A run as one page: what its logs say, drawn, in a single file that asks for nothing."""

from adn.report.page import report_page, write_report

__all__ = ["report_page", "write_report"]
