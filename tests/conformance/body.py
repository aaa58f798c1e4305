"""Bodies that are too varied to be written down."""

from __future__ import annotations

from runtimekit.conformance import Suite, case, expect, expect_error, expect_json, expect_status, expect_within

MILLION = 1_000_000
SOME_SECONDS = 5.0

NAMES = (
    "__proto__",
    "constructor",
    "hasOwnProperty",
    "toString",
    "prototype",
    "length",
    "class",
    "self",
    "a.b",
    "Ω",
    " ",
)
TEXTS = (
    "emoji 😀👩‍👩‍👧",
    "combining e\u0301 \u1100\u1161",
    "right to left שלום \u202e",
    "\u2028\u2029",
    "a\u0000b",
    "\ufffe\uffff",
    "<&>'\"\\",
)


@case("body.million-unknown-keys", rule="R5", alone=True, any_function=True)
def million_unknown_keys(suite: Suite) -> None:
    """Unknown keys are ignored, however many, in bearable time."""
    members = ",".join(f'"k{number}":0' for number in range(MILLION))
    with suite.raw() as wire, expect_within(SOME_SECONDS, "a million keys"):
        wire.send(suite.post(f"{{{members}}}".encode()))
        expect_status(wire.answer(), suite.stand.plain_status)


@case("body.million-keys-one-twice", rule="R5", alone=True, any_function=True)
def million_keys_one_twice(suite: Suite) -> None:
    """A key that is there twice is found among a million."""
    members = ",".join(f'"k{number}":"v"' for number in range(MILLION))
    with suite.raw() as wire, expect_within(SOME_SECONDS, "a million keys"):
        wire.send(suite.post(f'{{"env":{{{members},"k7":"v"}}}}'.encode()))
        expect_error(wire.answer(), 400, "env")


@case("body.round-trip", rule="F2")
def round_trip(suite: Suite) -> None:
    """Texts of all kinds reach the function and come back unchanged, in payload, values and names."""
    for text in TEXTS:
        fields = {"payload": text, "env": {text: text, "A": text}, "headers": {"h": text}}
        expect_json(suite.call(**fields), {name: fields[name] for name in ("env", "payload", "headers")})


@case("body.names", rule="F2")
def names(suite: Suite) -> None:
    """Names that mean something to a language are names like any other."""
    env = {name: f"value of {name}" for name in NAMES}
    answer = suite.call(payload="names", env=env)
    expect_json(answer, {"env": env, "payload": "names", "headers": {}})
    expect({"value": env["__proto__"]}, suite.probe("proto", env=env).json(), "the env name __proto__")
    expect({"value": None}, suite.probe("proto").json(), "the env name __proto__ of the next request")


@case("body.every-unicode-plane", rule="F2")
def every_plane(suite: Suite) -> None:
    """Every character, a range at a time: none is lost on the way there and back."""
    for start in range(0, 0x110000, 0x10000):
        characters = (chr(code) for code in range(start, start + 0x10000, 7) if not 0xD800 <= code < 0xE000)
        payload = "x" + "".join(characters)
        expect_json(suite.call(payload=payload), {"env": {}, "payload": payload, "headers": {}})
