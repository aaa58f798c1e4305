"""Raises while it is imported."""

raise RuntimeError("probe import error")
