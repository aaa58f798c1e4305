"""Canonical JSON: exactly one form for each value, to be hashed or signed."""

from __future__ import annotations

import json


def canonical(value: object) -> bytes:
    """The canonical JSON of a value. File names that are not UTF-8 stay distinct, as escaped surrogates."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode("ascii")
