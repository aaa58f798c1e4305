from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from runtime_types import Context, Result


def main(context: Context) -> Result:
    context.log("called with", context.req.method, context.req.path)
    try:
        given = json.loads(context.req.body_text or "{}")
    except ValueError:
        given = None
    if not isinstance(given, dict):
        error = 'send a JSON object, such as {"name": "you"}'
        return context.res.json({"error": error}, 400)
    greeting = os.environ.get("GREETING", "Hello")
    name = given.get("name", "World")
    client = context.req.headers.get("user-agent", "unknown")
    return context.res.json({"message": f"{greeting}, {name}!", "client": client})
