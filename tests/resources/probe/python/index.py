"""The probe: does whatever the payload's action says (tests/resources/probe/README.md). This form blocks."""

import json
import os
import signal
import subprocess
import sys
import threading
import time

LATE = 0.05
count = 0


def main(req, res):
    action, options = read(req)
    return ACTIONS[action](req, res, options)


def read(req):
    try:
        options = json.loads(req.payload)
    except (TypeError, ValueError):  # TypeError: after "tamper"
        options = None
    if not isinstance(options, dict):
        options = {}
    return options.get("action", "answer"), options


def soon(work):
    """Does something shortly after the function has ended."""
    threading.Timer(LATE, work).start()


def answer(req, res, options):
    return res.json({"env": req.env, "payload": req.payload, "headers": req.headers})


def text(req, res, options):
    return res.send(options.get("text", "Hello"))


def value(req, res, options):
    return res.json(options.get("value"))


def both(req, res, options):
    res.send("first")
    return res.json({"last": True})


def none(req, res, options):
    return None


def twice(req, res, options):
    res.send("first")
    res.send("second")


def late(req, res, options):
    soon(lambda: res.send("too late"))
    return res.send("in time")


def late_error(req, res, options):
    def fail():
        raise RuntimeError("late probe error")

    soon(fail)
    return res.send("in time")


def status(req, res, options):
    return res.send("status", options["status"])


def send_bytes(req, res, options):
    return res.send(b"bytes")


def unserialisable(req, res, options):
    cycle = []
    cycle.append(cycle)
    values = {
        "nan": float("nan"),
        "infinity": [float("inf")],
        "cycle": cycle,
        "bytes": {"held": b"bytes"},
        "function": unserialisable,
        "set": {1, 2},
        "surrogate": "\ud800",
    }
    return res.json(values[options["kind"]])


class CustomError(Exception):
    pass


class BareError(BaseException):
    pass


class UnprintableError(Exception):
    def __str__(self):
        raise ValueError("no text")


def recurse():
    return recurse()


def cause():
    try:
        raise KeyError("inner")
    except KeyError as error:
        raise RuntimeError("outer") from error


def group():
    raise ExceptionGroup("group", [ValueError("first"), TypeError("second")])  # noqa: F821 - Python 3.11


def throw(req, res, options):
    res.send("answered before the error")
    kind = options.get("kind", "error")
    errors = {
        "error": RuntimeError(options.get("text", "probe error")),
        "custom": CustomError("custom text"),
        "base": BareError("bare"),
        "exit": SystemExit(3),
        "interrupt": KeyboardInterrupt(),
        "generator": GeneratorExit(),
        "odd": RuntimeError("odd \udcff\x00\u202e text"),
        "long": RuntimeError("x" * 1_000_000),
        "unprintable": UnprintableError(),
    }
    if kind in errors:
        raise errors[kind]
    {"recursion": recurse, "cause": cause, "group": group, "divide": lambda: 1 // 0}[kind]()


def sleep(req, res, options):
    time.sleep(options.get("seconds", 1))
    return res.send("slept")


def block(req, res, options):
    time.sleep(options.get("seconds", 1))
    return res.send("blocked")


def spin(req, res, options):
    seconds = options.get("seconds")
    end = time.monotonic() + (float("inf") if seconds is None else seconds)
    while time.monotonic() < end:
        pass
    return res.send("spun")


def leave(req, res, options):
    os._exit(options.get("code", 0))


def abort(req, res, options):
    if "line" in options:
        with open("/tmp/begun", "a") as begun:
            print(options["line"], file=begun)
    os.abort()


def print_lines(req, res, options):
    stream = sys.stderr if options.get("stream") == "stderr" else sys.stdout
    for number in range(1, options.get("lines", 1) + 1):
        line = options.get("text", f"line {number} ")
        print(line.ljust(options.get("bytes", 0), "x").rstrip(), file=stream)
    return res.send("printed")


def allocate(req, res, options):
    held = [b"x" * 2**20 for _ in range(options.get("mib", 1))]
    return res.send("allocated" if held else "nothing")


def environ(req, res, options):
    return res.json(dict(os.environ))


def read_file(req, res, options):
    with open(options["path"], errors="replace") as file:
        return res.send(file.read())


def kill(req, res, options):
    os.kill(options["pid"], options.get("signal", signal.SIGKILL))
    return res.send("killed")


def start_sleeper():
    return subprocess.Popen(["sleep", "60"], stdin=subprocess.DEVNULL, start_new_session=True)


def forks(req, res, options):
    started, error = [], None
    try:
        for _ in range(options.get("count", 200)):
            started.append(start_sleeper())
    except OSError as failure:
        error = str(failure)
    return res.json({"started": len(started), "error": error})


def descriptors(req, res, options):
    opened, error = [], None
    try:
        for _ in range(options.get("count", 100_000)):
            opened.append(os.open("/dev/null", os.O_RDONLY))
    except OSError as failure:
        error = str(failure)
    return res.json({"opened": len(opened), "error": error})


def fill(req, res, options):
    written, error = 0, None
    try:
        with open(options.get("path", "/tmp/filled"), "wb", buffering=0) as file:
            for _ in range(options.get("mib", 1024)):
                written += file.write(b"x" * 2**20)
    except OSError as failure:
        error = str(failure)
    return res.json({"written": written, "error": error})


def tamper(req, res, options):
    os.chdir("/")
    os.environ["TZ"] = "Pacific/Kiritimati"
    time.tzset()
    os.environ.clear()
    json.dumps = json.loads = json.JSONEncoder.encode = None
    os.write = os.read = os._exit = os.fork = None
    return res.send("tampered")


def mutate(req, res, options):
    req.env["MUTATED"] = req.headers["mutated"] = "yes"
    req.payload = "mutated"
    return res.json({"env": req.env, "payload": req.payload, "headers": req.headers})


def counter(req, res, options):
    global count
    count += 1
    return res.json({"counter": count})


def pid(req, res, options):
    return res.json({"pid": os.getpid()})


def uid(req, res, options):
    return res.json({"uid": os.getuid(), "gid": os.getgid()})


def spawn(req, res, options):
    return res.json({"pid": start_sleeper().pid})


def big(req, res, options):
    return res.send("x" * options["bytes"])


def proto(req, res, options):
    return res.json({"value": req.env.get("__proto__")})


ACTIONS = {
    "answer": answer, "text": text, "json": value, "both": both, "none": none, "twice": twice, "late": late,
    "late_error": late_error, "status": status, "bytes": send_bytes, "unserialisable": unserialisable,
    "throw": throw, "sleep": sleep, "block": block, "spin": spin, "exit": leave, "abort": abort,
    "print": print_lines, "allocate": allocate, "environ": environ, "read": read_file, "kill": kill,
    "forks": forks, "descriptors": descriptors, "fill": fill, "tamper": tamper, "mutate": mutate,
    "counter": counter, "pid": pid, "uid": uid, "spawn": spawn, "big": big, "proto": proto,
}  # fmt: skip
