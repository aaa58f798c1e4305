"""Whatever is thrown is caught and told with the user's file and line, by every adapter (contract E2, E3)."""

from __future__ import annotations

import tomllib

import pytest
from workers import ERROR, FORMS, JAVASCRIPT, PLACE, PROBES, ROOT, Worker, forms_of


def kinds_of_errors() -> list[tuple[str, str, str]]:
    """What the table asks of `throw`: form, kind, and how the message starts (`[starts]` beside the probe)."""
    table = tomllib.loads((ROOT / "tests" / "conformance" / "errors.toml").read_text())
    probes = ((case["id"], case["request"]["probe"]) for case in table["case"])
    kinds = {name: probe.get("kind", "error") for name, probe in probes if probe["action"] == "throw"}
    return [
        (form, kinds[name], beginning)
        for form in FORMS
        for name, beginning in words_of(FORMS[form].language).items()
        if name in kinds
    ]


def words_of(language: str) -> dict[str, str]:
    """How the messages of a language's errors begin, by the case that asks for it."""
    return tomllib.loads((PROBES / f"{language}.toml").read_text()).get("starts", {})


@pytest.mark.parametrize(("form", "kind", "beginning"), kinds_of_errors(), indirect=["form"])
def test_whatever_is_thrown_is_caught(form: tuple[str, Worker], kind: str, beginning: str) -> None:
    """Type and text first, then the user's file and line; short enough (contract E2, E3)."""
    language, worker = form
    code, message = worker.call(action="throw", kind=kind).message()
    assert code == 500
    assert message.startswith(beginning)
    assert len(message.encode()) < 8192
    if language not in JAVASCRIPT or kind not in {"null", "number", "string", "unprintable"}:
        assert PLACE.search(message), message


@pytest.mark.parametrize(
    ("form", "kind"),
    [
        *((form, kind) for form in forms_of("python") for kind in ("base", "exit", "interrupt", "generator")),
        *(
            (form, kind)
            for form in forms_of(*JAVASCRIPT)
            for kind in ("callback", "unhandled", "rejected", "proxy", "bare")
        ),
        *((form, kind) for form in forms_of("perl") for kind in ("hash", "undefined")),
        *((form, kind) for form in forms_of("php") for kind in ("type",)),
        *((form, kind) for form in forms_of("lua") for kind in ("number", "object", "undefined", "recursion")),
        *((form, kind) for form in forms_of("ruby") for kind in ("base", "exit", "interrupt", "symbol")),
        *((form, kind) for form in forms_of("go") for kind in ("index", "nil_map", "goexit")),
        *((form, kind) for form in forms_of("dart") for kind in ("index", "type", "rejected", "callback", "unhandled")),
    ],
    indirect=["form"],
)
def test_what_only_one_language_can_throw_is_caught(form: tuple[str, Worker], kind: str) -> None:
    """Anything that can be thrown is caught (contract E3)."""
    _language, worker = form
    assert worker.call(action="throw", kind=kind).kind == ERROR
