"""Long text that is not ASCII, where it leaves or enters the function: it is whole, or cut between characters."""

from __future__ import annotations

import time

from runtimekit.conformance import Target, case, expect_contains, expect_error, expect_json, expect_text, expect_that

CHARACTERS = 5 * 1024
"""Of four bytes each: 20 KiB, more than a message, an ordinary buffer or a part of a line in the engine's log holds."""
SHIFTS = range(4)
"""By how many bytes the text is moved: what cuts after a number of bytes cuts three of four inside a character."""
AT_LEAST = 1024
"""How many bytes of a long text an error's message has to have."""


def long_text(shift: int = 0) -> str:
    """No character is there twice: a part that is lost or moved shows."""
    return "x" * shift + "".join(chr(0x20000 + number) for number in range(CHARACTERS))


@case("texts.answer", rule="F3")
def answer(target: Target) -> None:
    """What the function answers, and what it is given, is whole."""
    text = long_text()
    expect_text(target.probe("text", text=text), text)
    expect_json(target.probe("json", value={text: [text]}), {text: [text]})
    expect_json(target.call(payload=text, env={text: text}), {"env": {text: text}, "payload": text, "headers": {}})


@case("texts.error", rule="E2")
def error(target: Target) -> None:
    """A long error text is cut between characters, and the place where it was thrown is still there."""
    begin = target.environment.probe.starts["errors.error"].partition("probe error")[0]
    for shift in SHIFTS:
        text = long_text(shift)
        message = expect_error(target.probe("throw", text=text), 500)
        expect_that(message.startswith(begin), "the message", f"{begin}…", message[:100])
        shown, _, trace = message.removeprefix(begin).partition("\n")
        wanted = f"the text's beginning, at least {AT_LEAST} bytes of it"
        expect_that(text.startswith(shown) and len(shown.encode()) >= AT_LEAST, "the message", wanted, shown[-50:])
        expect_contains(trace, ["/usr/code/index."], "the stack trace")


@case("texts.printed", rule="F5")
def printed(target: Target) -> None:
    """A long line that is printed stands in the log as it is."""
    # The engine's log takes a line apart after 16 KiB, maybe inside a character: the one that is moved is shorter.
    lines = [(stream, text + stream) for stream in ("stdout", "stderr") for text in (long_text(), long_text(1)[:3000])]
    for stream, line in lines:
        expect_text(target.probe("print", text=line, stream=stream), "printed")
    end = time.monotonic() + target.deadline(5)
    while missing := [line for _, line in lines if f"\n{line}\n" not in "\n" + target.logs()]:
        wanted = f"a whole line {missing[0][:10]}…{missing[0][-10:]}"
        expect_that(time.monotonic() < end, "the log", wanted, target.logs()[-50:])
        time.sleep(0.05)
