"""The tasks of this repository: ``invoke --list`` shows them. They live in the package, for any monorepo to use."""

from runtimekit.tasks import namespace

__all__ = ["namespace"]
