"""Bodies that are too varied to be written down."""

from __future__ import annotations

from runtimekit.conformance import Target, case, expect, expect_error, expect_json, expect_status, expect_within

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
def million_unknown_keys(target: Target) -> None:
    """Unknown keys are ignored, however many, in acceptable time."""
    members = ",".join(f'"k{number}":0' for number in range(MILLION))
    with target.raw() as connection, expect_within(SOME_SECONDS, "a million keys"):
        connection.send(target.post(f"{{{members}}}".encode()))
        expect_status(connection.answer(), target.launched.plain_status)


@case("body.million-keys-one-twice", rule="R5", alone=True, any_function=True)
def million_keys_one_twice(target: Target) -> None:
    """A duplicate key is found among a million keys."""
    members = ",".join(f'"k{number}":"v"' for number in range(MILLION))
    with target.raw() as connection, expect_within(SOME_SECONDS, "a million keys"):
        connection.send(target.post(f'{{"env":{{{members},"k7":"v"}}}}'.encode()))
        expect_error(connection.answer(), 400, "env")


@case("body.round-trip", rule="F2")
def round_trip(target: Target) -> None:
    """Texts of all kinds reach the function and come back unchanged, in payload, values and names."""
    for text in TEXTS:
        fields = {"payload": text, "env": {text: text, "A": text}, "headers": {"h": text}}
        expect_json(target.call(**fields), {name: fields[name] for name in ("env", "payload", "headers")})


@case("body.names", rule="F2")
def names(target: Target) -> None:
    """Names with a special meaning in some language are ordinary names."""
    env = {name: f"value of {name}" for name in NAMES}
    answer = target.call(payload="names", env=env)
    expect_json(answer, {"env": env, "payload": "names", "headers": {}})
    expect({"value": env["__proto__"]}, target.probe("proto", env=env).json(), "the env name __proto__")
    expect({"value": None}, target.probe("proto").json(), "the env name __proto__ of the next request")


@case("body.every-unicode-plane", rule="F2")
def every_plane(target: Target) -> None:
    """Every character, a range at a time: none is lost on the way there and back."""
    for start in range(0, 0x110000, 0x10000):
        characters = (chr(code) for code in range(start, start + 0x10000, 7) if not 0xD800 <= code < 0xE000)
        payload = "x" + "".join(characters)
        expect_json(target.call(payload=payload), {"env": {}, "payload": payload, "headers": {}})
