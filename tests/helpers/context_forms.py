"""Forms of functions that take a context, and how the images start their workers (docs/protocol-v5.md)."""

from __future__ import annotations

from workers import COMMANDS as OF_2021
from workers import ROOT

FUNCTIONS = ROOT / "tests" / "resources" / "context"
JAVASCRIPT = ["node", "bun", "deno"]
FORMS = {
    **dict.fromkeys(JAVASCRIPT, "javascript/index.cjs"),
    "python-async": "python/function/main_async.py",
    "python-def": "python/function/main.py",
}
"""Each form's function."""
SHARED = bytes.fromhex("0000000b 11 00000000 02 00000020 02")
READY = dict.fromkeys(FORMS, SHARED) | {"python-def": bytes.fromhex("0000000b 11 00000000 01 00000001 06")}
SEVERAL = [*JAVASCRIPT, "python-async"]
"""Forms whose workers have several calls at a time."""
DENO = ["deno", "run", "--quiet", "--no-prompt", "--cached-only", "--allow-all", OF_2021["deno"][-1]]
COMMANDS = OF_2021 | {"deno": DENO}
"""As images of this protocol start them (adapters/open-runtimes)."""
