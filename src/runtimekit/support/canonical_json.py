"""JSON of which there is only one for each value, to be hashed or signed."""

from __future__ import annotations

import json


def canonical(value: object) -> bytes:
    """JSON of which there is only one for each value. Names that are no UTF-8 stay apart as escaped surrogates."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode("ascii")
