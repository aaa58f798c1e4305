"""For programs that build, launch and call a user's function in a runtime's image.

Everything here is documented where it is defined, in :mod:`runtimekit.functions.function`.
"""

from runtimekit.functions.function import Answer, Function, build, launch, wait_ready

__all__ = ["Answer", "Function", "build", "launch", "wait_ready"]
