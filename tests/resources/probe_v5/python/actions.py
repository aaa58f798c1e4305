"""The probe's actions."""

import errno
import hashlib
import os
import signal as signals
import subprocess
import sys
import threading
import time


def seen(context):
    req = context.req
    names = "method scheme host port path url query headers".split()
    body = req.body_binary
    return context.res.json(
        {name: getattr(req, name) for name in names}
        | {"queryString": req.query_string, "size": len(body), "sha256": hashlib.sha256(body).hexdigest()}
    )


def body(context):
    req = context.req
    kind = "string" if isinstance(req.body, str) else "object"
    return context.res.json({"kind": kind, "body": req.body, "text": req.body_text, "raw": req.body_raw})


def text(context, text="text", status=200, headers=None):
    return context.res.text(text, status, headers or {})


def json_answer(context, value, status=200, headers=None):
    return context.res.json(value, status, headers or {})


def many_headers(context, number, size):
    return context.res.text("text", headers={f"x-{at}": "v" * size for at in range(number)})


def not_returned(context):
    context.res.text("first", 201)
    return context.res.text("second")


def nothing(context):
    context.res.text("not returned")


def throws(context):
    context.log("before")
    raise TypeError("on purpose")


def log(context, logs=(), errors=(), prints=()):
    for each in prints:
        print(each)
    for each in logs:
        context.log(each)
    for each in errors:
        context.error(each)
    return context.res.text("logged")


def values(context):
    context.log("one", 2, True, "naïve 🎉")
    context.log({"a": [1, "b"]}, [1, {"c": None}])
    try:
        raise RuntimeError("logged")
    except RuntimeError as error:
        context.error(error)
    return context.res.text("logged")


def prints(context):
    print("printed 1")
    context.log("logged 2")
    print("printed 3", file=sys.stderr)
    print("printed 4\nprinted 5")
    return context.res.text("printed")


def flood(context, how, entries, characters):
    entry = "é" * characters
    for _ in range(entries):
        (print if how == "print" else context.log)(entry)
    return context.res.text("logged")


def child(context, command):
    subprocess.run(["sh", "-c", command])
    return context.res.text("ended")


def mixed(context, name, lines):
    for line in range(lines):
        context.log(f"{name} log {line}")
        time.sleep(line % 3 / 1000)
        print(name, "print", line)
        if line % 10 == 0:
            sys.stdout.flush()
            script = f'for n in 0 1 2 3 4 5 6 7 8 9; do echo "{name} child $(({line} + n))"; done'
            subprocess.run(["sh", "-c", script])
        context.error(f"{name} error {line}")
    return context.res.text(name)


def sleep(context, seconds, logs=(), text="slept"):
    for each in logs:
        context.log(each)
    time.sleep(seconds)
    context.log("too late")
    return context.res.text(text)


def spin(context):
    context.log("before")
    while True:
        pass


def late(context):
    def work():
        context.log("late")
        print("late, printed")

    threading.Timer(0.1, work).start()
    return context.res.text("answered")


def leave(context, code):
    context.log("before")
    sys.stdout.flush()
    os._exit(code)


def abort(context):
    context.log("before")
    os.abort()


def signal(context, pid, name):
    target = {"parent": os.getppid(), "self": os.getpid()}.get(pid, pid)
    said = "sent"
    try:
        os.kill(target, getattr(signals, name))
    except OSError as error:
        said = errno.errorcode[error.errno]
    time.sleep(0.05)
    return context.res.text(said)


def identity(context):
    folder = os.path.dirname(os.path.abspath(__file__))
    found = {"user": os.getuid(), "group": os.getgid(), "groups": os.getgroups(), "folder": folder}
    return context.res.json(found)


def read(context, path):
    try:
        with open(path, "rb") as file:
            return context.res.binary(file.read())
    except OSError as error:
        return context.res.text(errno.errorcode[error.errno], 403)


def write(context, path, text):
    try:
        with open(path, "a") as file:
            file.write(text)
    except OSError as error:
        return context.res.text(errno.errorcode[error.errno], 403)
    return context.res.text("written")


def fill(context, path, mib):
    said = "written"
    try:
        with open(path, "wb") as file:
            for _ in range(mib):
                file.write(bytes(1048576))
    except OSError as error:
        said = errno.errorcode[error.errno]
    if os.path.exists(path):
        os.remove(path)
    return context.res.text(said)


actions = {
    "seen": seen,
    "body": body,
    "body-json": lambda context: context.res.json({"value": context.req.body_json}),
    "echo": lambda context: context.res.binary(
        context.req.body_binary, headers={"content-type": "application/octet-stream"}
    ),
    "text": text,
    "json": json_answer,
    "binary": lambda context: context.res.binary(bytes(range(256))),
    "empty": lambda context: context.res.empty(),
    "redirect": lambda context, url, status=301: context.res.redirect(url, status),
    "send": lambda context, body: context.res.send(body),
    "big": lambda context, bytes: context.res.binary(b"x" * bytes),
    "many-headers": many_headers,
    "not-returned": not_returned,
    "nothing": nothing,
    "throws": throws,
    "log": log,
    "values": values,
    "prints": prints,
    "flood": flood,
    "child": child,
    "mixed": mixed,
    "sleep": sleep,
    "spin": spin,
    "late": late,
    "exit": leave,
    "abort": abort,
    "signal": signal,
    "environment": lambda context: context.res.json(dict(os.environ)),
    "identity": identity,
    "read": read,
    "write": write,
    "fill": fill,
}
