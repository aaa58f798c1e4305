"""What threads print belongs to the call that has started them (docs/protocol-v5.md, V16).

A new thread does not inherit the context of the one that starts it, so nobody would know whose print it is.
"""

import _thread
import sys

from runtime_adapter.context import current


def follow():
    """Has every thread from now on know whose it is."""
    for name in ("start_new_thread", "start_joinable_thread"):  # the second one since Python 3.13
        original = getattr(_thread, name, None)
        if original:
            start = _starter(original)
            setattr(_thread, name, start)
            threading = sys.modules.get("threading")  # it keeps what it has found there
            if threading:
                setattr(threading, f"_{name}", start)


def _starter(original):
    def start(function, *arguments, **options):
        _follow_work()
        return original(_of(current.get(), function), *arguments, **options)

    return start


def _of(context, function):
    """The function, to be called in another thread as a piece of the work of `context`."""

    def run(*arguments, **options):
        current.set(context)
        return function(*arguments, **options)

    return run


def _follow_work():
    """Has a pool's work belong to who has given it: its threads live longer than the call that has started them."""
    pools = sys.modules.get("concurrent.futures.thread")
    pool = getattr(pools, "ThreadPoolExecutor", None)
    if pool is None or hasattr(pool.submit, "__wrapped__"):
        return
    original = pool.submit

    def submit(self, function, /, *arguments, **options):
        return original(self, _of(current.get(), function), *arguments, **options)

    submit.__wrapped__ = original
    pool.submit = submit
