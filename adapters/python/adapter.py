"""The Python worker: loads one function file and answers the gateway's requests with it (docs/worker-protocol.md).

Runs as `python3 -I -S -X utf8 adapter.py FILE`: without the user's environment and folders on the path, and without
the image's site-packages, which come after the function's own dependencies (contract L4).
"""

import importlib.util
import os
import site
import sys
from gc import freeze
from importlib.machinery import ModuleSpec, SourceFileLoader

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from runtime_adapter import serial, shared
from runtime_adapter.errors import describe
from runtime_adapter.frames import FAILED, SERIAL, SHARED, TEMPLATE, failure, ready
from runtime_adapter.process import flush, leave, log, open_files, print_line_by_line, thread_count

sys.path.pop(0)

USAGE_ERROR = 64
CO_COROUTINE = 0x80
CO_VARARGS = 0x04


def main():
    """Connects to the gateway, loads the function, serves."""
    path = os.environ.pop("RUNTIME_SOCKET", None)
    takes_context = os.environ.pop("RUNTIME_SHAPE", None) == "context"
    if not path or len(sys.argv) != 2:
        log("this is the worker of a Python function, which the gateway starts; run /usr/local/src/launch.sh instead")
        sys.exit(USAGE_ERROR)
    print_line_by_line()
    try:
        serve(serial.Connection(path), sys.argv[1], takes_context)
    except (BrokenPipeError, ConnectionResetError):
        leave(0)  # the gateway has closed the connection
    except OSError as error:
        log(f"the worker lost its gateway or could not fork: {error}")
        leave(1)


def serve(connection, path, takes_context):
    """Loads the function and answers requests in the mode that suits it."""
    if takes_context:
        from runtime_adapter import context as calls
        from runtime_adapter import printing

        printing.prepare()
    else:
        from runtime_adapter import calls
    inherited = open_files()
    try:
        function = load_in_package(path) if takes_context else load(path)
    except BaseException as error:
        give_up(connection, 500, describe(error))
    if not callable(function):
        give_up(connection, 404, f"{os.path.basename(path)} {calls.WANTED}")
    if not accepts(function, calls.TAKES) and accepts(function, 3 - calls.TAKES):
        give_up(connection, 404, f"{os.path.basename(path)} {calls.OTHER}")
    mode = choose_mode(function, inherited)
    if mode == SHARED:
        if takes_context:
            printing.begin()
        shared.serve(connection, function, calls)
    flush()
    freeze()  # what exists by now stays out of later collections, so that forks go on sharing its memory
    connection.write(ready(mode, 1, calls.SERIAL_FLAGS))
    serial.serve(connection, function, calls)


def accepts(function, count):
    """Whether a function can be called with so many arguments: no guess. What is no plain function may take any."""
    if type(function) is not type(accepts):
        return True
    code = function.__code__
    fewest = code.co_argcount - len(function.__defaults__ or ())
    takes_more = code.co_flags & CO_VARARGS
    lacks_none = code.co_kwonlyargcount == len(function.__kwdefaults__ or ())
    return fewest <= count and (takes_more or count <= code.co_argcount) and lacks_none


def give_up(connection, code, message):
    """Says why there is nothing to call, and ends."""
    connection.write(failure(FAILED, 0, code, message))
    leave(1)


def load(path):
    """Runs the function's file as a module; what it calls `main`, or None."""
    site.addsitedir(os.path.join(os.getcwd(), ".python-packages"))
    site.main()
    sys.path.insert(0, os.path.dirname(path))
    sys.argv = [path]
    name = os.path.splitext(os.path.basename(path))[0]
    if needs_package(path):
        name = f"{load_package(os.path.dirname(path))}.{name}"
    elif name in sys.modules:
        name = f"function_{name}"
    spec = importlib.util.spec_from_loader(name, SourceFileLoader(name, path))
    module = sys.modules[name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return getattr(module, "main", None)


def needs_package(path):
    """Whether the file imports what is beside it relatively, or stands in a package."""
    with open(path, "rb") as file:
        return b"from ." in file.read() or os.path.exists(os.path.join(os.path.dirname(path), "__init__.py"))


def load_package(folder):
    """Makes the function's folder a package, as it is one for `python -m`; its name."""
    name = os.path.basename(folder) if folder != os.getcwd() else "function"
    if name in sys.modules or not name.isidentifier():
        name = "function"
    init = os.path.join(folder, "__init__.py")
    loader = SourceFileLoader(name, init) if os.path.exists(init) else None
    spec = ModuleSpec(name, loader, origin=init if loader else None, is_package=True)
    spec.has_location = loader is not None
    spec.submodule_search_locations.append(folder)
    module = sys.modules[name] = importlib.util.module_from_spec(spec)
    if loader:
        loader.exec_module(module)
    return name


def load_in_package(path):
    """Runs the function's file as a module of the package that the function's folder is; what it calls `main`, or None.

    So `from .utils import x` and `from function.utils import x` work, if the folder is called `function`.
    """
    folder = os.getcwd()
    site.addsitedir(os.path.join(folder, ".python-packages"))
    site.addsitedir(os.path.join(folder, "runtime-env", "lib", "python%d.%d" % sys.version_info[:2], "site-packages"))
    site.main()
    sys.path.insert(0, os.path.dirname(folder))
    sys.argv = [path]
    package = os.path.basename(folder)
    importlib.import_module(package)
    parts = os.path.splitext(os.path.relpath(path, folder))[0].split(os.sep)
    name = ".".join([package, *(part.replace(".", "_") for part in parts)])
    spec = importlib.util.spec_from_loader(name, SourceFileLoader(name, path))
    module = sys.modules[name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return getattr(module, "main", None)


def choose_mode(function, inherited):
    """*Shared* for `async def`; *template* if forks would share nothing that can get in each other's way; else *serial*.

    Threads do not survive a fork; an open file's position, lock or connection would be everybody's.
    """
    function = getattr(function, "func", function)  # functools.partial
    code = getattr(function, "__code__", None) or getattr(type(function).__call__, "__code__", None)
    if code and code.co_flags & CO_COROUTINE:
        return SHARED
    return TEMPLATE if thread_count() == 1 and open_files() == inherited else SERIAL


if __name__ == "__main__":
    main()
