"""What the functions do, by the path of the request (tests/adapters/context)."""

import asyncio
import logging
import os
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

workers = ThreadPoolExecutor(1)


def seen(context):
    req = context.req
    names = "method scheme host port path query_string url query headers body_text".split()
    return context.res.json({name: getattr(req, name) for name in names}, 201, {"X-Answer": "yes"})


def form(context):
    req = context.req
    kind = "string" if isinstance(req.body, str) else "object"
    return context.res.json({"type": kind, "body": req.body, "same": req.body == req.body, "raw": req.body_raw})


def nothing(context):
    context.res.text("not returned")


def throws(context):
    context.log("before")
    raise TypeError("on purpose")


def leaves(context):
    sys.exit(3)


def values(context):
    context.log("one", 2, True, None, {"a": [1, "é"]}, (1,))
    circle = []
    circle.append(circle)
    context.log(circle)
    try:
        raise RuntimeError("logged")
    except RuntimeError as error:
        context.error(error)
    return context.res.empty()


def prints(context):
    print("one", 1)
    context.log("two")
    print("three", file=sys.stderr)
    print("four\nfive")
    print("six", end="")
    return context.res.empty()


handler = logging.StreamHandler()  # it keeps sys.stderr as it is while the function is loaded
logger = logging.getLogger("function")
logger.addHandler(handler)


def logs(context):
    logger.warning("by the library")
    return context.res.empty()


def threads(context):
    def work(number):
        for _ in range(50):
            context.log(f"thread {number} {'x' * 3000}")

    running = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join()
    return context.res.empty()


async def many(context):
    text = context.req.body_text
    for number in range(50):
        context.log(f"log {text}")
        await asyncio.sleep(number % 3 / 1000)
        print("print", text)
        if number % 10 == 0:
            child = await asyncio.create_subprocess_exec("echo", text, stdout=subprocess.PIPE)
            output, _ = await child.communicate()
            context.error(output.decode().strip())
    await asyncio.to_thread(context.log, f"log {text}")
    return context.res.empty()


def late(context):
    def work():
        context.log("late")
        print("late, printed")

    threading.Timer(0.01, work).start()
    return context.res.empty()


def pool(context):
    workers.submit(print, "by the pool").result()
    return context.res.empty()


def sleep(context):
    time.sleep(0.05)  # the action itself
    return context.res.empty()


def environment(context):
    return context.res.json([os.environ.get("RUNTIME_SOCKET"), os.environ.get("RUNTIME_SHAPE")])


actions = {
    "seen": seen,
    "bytes": lambda context: context.res.binary(bytes(255 - byte for byte in context.req.body_binary)),
    "body": form,
    "text": lambda context: context.res.text("naïve 🎉", 202, {"content-type": "text/html"}),
    "number": lambda context: context.res.text(5),
    "empty": lambda context: context.res.empty(),
    "redirect": lambda context: context.res.redirect("https://example.org/", statusCode=302, headers={"x-more": 1}),
    "send": lambda context: context.res.send(7, 200),
    "send-bytes": lambda context: context.res.send(b"\xff\x00"),
    "cookies": lambda context: context.res.text("x", headers={"set-cookie": ["a=1", "b=2"], "x-none": None}),
    "own": lambda context: {"body": "own", "statusCode": 203},
    "nothing": nothing,
    "nonsense": lambda context: "text",
    "status": lambda context: context.res.text("x", "200"),
    "unserialisable": lambda context: context.res.json({1, 2}),
    "throws": throws,
    "leaves": leaves,
    "bad": lambda context: context.req.body_json,
    "values": values,
    "prints": prints,
    "logs": logs,
    "threads": threads,
    "many": many,
    "late": late,
    "pool": pool,
    "sleep": sleep,
    "environment": environment,
}
