"""Levels earned from many runs: attainment with its bounds, caps, indicators; pure arithmetic."""
