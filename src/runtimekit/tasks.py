"""The tasks, for a monorepo's own ``tasks.py``: ``from runtimekit.tasks import namespace``."""

from runtimekit.cli.tasks import namespace

__all__ = ["namespace"]
