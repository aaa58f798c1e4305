"""The probe as `async def`: the same actions; those that wait do so in the event loop's way."""

import asyncio

import index


async def sleep(req, res, options):
    await asyncio.sleep(options.get("seconds", 1))
    return res.send("slept")


async def late(req, res, options):
    asyncio.get_running_loop().call_later(index.LATE, res.send, "too late")
    return res.send("in time")


async def late_error(req, res, options):
    async def fail():
        await asyncio.sleep(index.LATE)
        raise RuntimeError("late probe error")

    tasks.append(asyncio.create_task(fail()))
    return res.send("in time")


tasks = []
WAITING = {"sleep": sleep, "late": late, "late_error": late_error}


async def main(req, res):
    action, options = index.read(req)
    if action in WAITING:
        return await WAITING[action](req, res, options)
    return index.ACTIONS[action](req, res, options)
