"""The probe for an event loop: the same actions, and `mixed` with other requests between its lines."""

import asyncio
import json

from .actions import actions


async def mixed(context, name, lines):
    for line in range(lines):
        context.log(f"{name} log {line}")
        await asyncio.sleep(line % 3 / 1000)
        print(name, "print", line)
        if line % 10 == 0:
            script = f'for n in 0 1 2 3 4 5 6 7 8 9; do echo "{name} child $(({line} + n))"; done'
            await (await asyncio.create_subprocess_exec("sh", "-c", script)).wait()
        context.error(f"{name} error {line}")
    return context.res.text(name)


async def main(context):
    headers = context.req.headers
    action, parameters = headers.get("x-action", "seen"), json.loads(headers.get("x-with", "{}"))
    if action == "mixed":
        return await mixed(context, **parameters)
    return actions[action](context, **parameters)
