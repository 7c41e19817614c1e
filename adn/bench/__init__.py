"""Benchmarks: suites of scenarios × levels × seeds, run as campaigns that survive being killed."""
