"""The probe of the open-runtimes protocol: does what the header x-action says (tests/resources/probe_v5/README.md)."""

import json

from .actions import actions


def main(context):
    headers = context.req.headers
    return actions[headers.get("x-action", "seen")](context, **json.loads(headers.get("x-with", "{}")))
