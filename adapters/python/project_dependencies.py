"""Prints what a pyproject.toml declares under `[project] dependencies`, one requirement per line."""

import sys

try:
    import tomllib
except ImportError:  # Python 3.10; pip brings its own reader
    from pip._vendor import tomli as tomllib


def main():
    """Reads the file named on the command line."""
    try:
        with open(sys.argv[1], "rb") as file:
            project = tomllib.load(file).get("project", {})
    except tomllib.TOMLDecodeError as error:
        sys.exit(f"{sys.argv[1]}: {error}")
    print("\n".join(project.get("dependencies", [])))


main()
