"""What an executor asks of a function."""

import os
import signal
import time

import greeting


def main(context):
    req, res = context.req, context.res
    context.log("called", req.method, req.path, greeting.TEXT)
    if req.path == "/sleep":
        time.sleep(30)
    if req.path == "/crash":
        os.kill(os.getpid(), signal.SIGKILL)
    if req.path == "/echo":
        return res.binary(req.body_binary, 201, {"x-made-by": "a function"})
    if req.path == "/write":
        open("/tmp/written", "w").close()
        try:
            open("/mnt/logs/forged_logs.log", "w").close()
        except OSError as refused:
            context.error("EACCES" if refused.errno == 13 else refused)
    folder = os.path.dirname(os.path.abspath(__file__))
    return res.json(
        {"env": dict(os.environ), "headers": req.headers, "folder": folder, "body": req.body_text, "url": req.url}
    )
