"""``./dev TASK …`` and ``python -m runtimekit TASK …``."""

from __future__ import annotations

from runtimekit.cli import folders
from runtimekit.cli.program import Dev


def main() -> None:
    """Run invoke, with our words, on the nearest tasks.py."""
    folders.take_variable()
    Dev().run()


if __name__ == "__main__":
    main()
