"""Turns anything that a function can raise into a message (contract E2, E3)."""

from os import getcwd

#: Longest text of one error, in bytes: leaves room for the stack trace in the 8 KiB of a message (contract E2).
TEXT_LIMIT = 4000
#: Most stack frames shown of one error, innermost first.
FRAME_LIMIT = 30

_folder = getcwd() + "/"


def describe(error):
    """Type, text and the function's own stack frames, innermost first, of an error and of what caused it (contract E2)."""
    try:
        return "\n".join(_describe_lines(error, "", set()))
    except BaseException as second:
        return f"{type(error).__name__}: (describing this error raised {type(second).__name__})"


def _describe_lines(error, prefix, seen):
    seen.add(id(error))
    try:
        text = str(error)
    except BaseException as second:
        text = f"(its text cannot be read: {type(second).__name__} in __str__)"
    text = str(text.encode("utf-8", "backslashreplace")[:TEXT_LIMIT], "utf-8", "ignore")
    lines = [prefix + type(error).__name__ + (f": {text}" if text else "")]
    if isinstance(error, SyntaxError) and error.filename:
        lines.append(f"    at {error.filename}:{error.lineno}")
    lines += _frame_lines(error.__traceback__)
    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    related = [("caused by ", cause)] + [("holding ", held) for held in getattr(error, "exceptions", ())[:5]]
    for how, other in related:
        if isinstance(other, BaseException) and id(other) not in seen and len(seen) < 10:
            lines += _describe_lines(other, how, seen)
    return lines


def _frame_lines(trace):
    """The frames inside the function's folder; a recursion's repeated ones once."""
    frames = []
    while trace:
        code = trace.tb_frame.f_code
        if code.co_filename.startswith(_folder):
            frames.append(f"    at {code.co_name} ({code.co_filename}:{trace.tb_lineno})")
        trace = trace.tb_next
    return list(dict.fromkeys(reversed(frames)))[:FRAME_LIMIT]
