"""Conformance checks that authors of plug-ins run on their own parts."""
