"""GitHub's expressions, as far as our workflows use them. A form that is not known is an error, never a guess.

Known are paths (``needs.plan.outputs.rows``), texts, numbers, ``==``, ``!=``, ``!``, ``&&``, ``||``, parentheses, the
functions ``always``, ``cancelled``, ``fromJSON`` and ``toJSON``.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_TOKEN = re.compile(
    r"\s*(?:(?P<text>'(?:[^']|'')*')|(?P<number>\d+)|(?P<sign>==|!=|&&|\|\||[!().])|(?P<name>[A-Za-z_][\w-]*))"
)
_PLACE = re.compile(r"\$\{\{((?:(?!\}\}).)*)\}\}", re.DOTALL)


class UnknownFormError(ValueError):
    """An expression of a form that this module does not know."""


def evaluate(expression: str, context: Mapping[str, Any]) -> Any:  # noqa: ANN401 - whatever it stands for
    """The value of what stands between ``${{`` and ``}}``, or behind ``if:``. A path that leads nowhere is empty.

    Raises:
        UnknownFormError: A form, function or context that is not known.
    """
    return _Reader(expression, context).value()


def fill_in(text: Any, context: Mapping[str, Any]) -> Any:  # noqa: ANN401 - a text that is one expression is its value
    """``text`` with its ``${{ … }}`` replaced by what they stand for."""
    if not isinstance(text, str):
        return text
    whole = _PLACE.fullmatch(text.strip())
    if whole:
        return evaluate(whole[1], context)
    return _PLACE.sub(lambda place: as_text(evaluate(place[1], context)), text)


def as_text(value: object) -> str:
    """A value as GitHub puts it into a text."""
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value)


def expressions(text: Any) -> Iterator[str]:  # noqa: ANN401 - whatever YAML made
    """Every expression in a text, or in what holds texts."""
    if isinstance(text, str):
        yield from _PLACE.findall(text)
    elif hasattr(text, "items"):
        for value in text.values():
            yield from expressions(value)
    elif isinstance(text, list):
        for value in text:
            yield from expressions(value)


def paths(expression: str) -> list[str]:
    """The paths that an expression reads, such as ``needs.plan.outputs.rows``.

    Raises:
        UnknownFormError: As :func:`evaluate`.
    """
    reader = _Reader(expression, None)
    reader.value()
    return reader.paths


class _Reader:
    """Reads an expression from left to right. Without a context it only notes the paths."""

    def __init__(self, expression: str, context: Mapping[str, Any] | None) -> None:
        self.expression = expression.strip()
        self.context = context
        self.paths: list[str] = []
        self.tokens: list[tuple[str, str]] = []
        at = 0
        while at < len(self.expression):
            hit = _TOKEN.match(self.expression, at)
            if not hit or hit.lastgroup is None:
                raise UnknownFormError(f"{self.expression!r} has something unknown at {self.expression[at:]!r}")
            self.tokens.append((hit.lastgroup, hit[hit.lastgroup]))
            at = hit.end()

    def value(self) -> Any:  # noqa: ANN401
        """The whole expression."""
        value = self._either()
        if self.tokens:
            raise UnknownFormError(f"{self.expression!r} does not end where it should: {self.tokens[0][1]!r}")
        return value

    def _take(self, *signs: str) -> str:
        """The next token if it is one of these."""
        if self.tokens and self.tokens[0][0] == "sign" and self.tokens[0][1] in signs:
            return self.tokens.pop(0)[1]
        return ""

    def _either(self) -> Any:  # noqa: ANN401
        value = self._both()
        while self._take("||"):
            other = self._both()
            value = value or other
        return value

    def _both(self) -> Any:  # noqa: ANN401
        value = self._comparison()
        while self._take("&&"):
            other = self._comparison()
            value = value and other
        return value

    def _comparison(self) -> Any:  # noqa: ANN401
        left = self._single()
        sign = self._take("==", "!=")
        if not sign:
            return left
        right = self._single()
        if self.context is None:
            return None
        # GitHub turns unlike kinds into numbers first; ours are texts, and nothing reads as an empty one.
        left, right = ("" if side is None else side for side in (left, right))
        if not (isinstance(left, str) and isinstance(right, str)):
            raise UnknownFormError(f"{self.expression!r} compares something else than texts")
        return (left.casefold() == right.casefold()) == (sign == "==")

    def _single(self) -> Any:  # noqa: ANN401
        if self._take("!"):
            return not self._single()
        if self._take("("):
            value = self._either()
            self._close()
            return value
        kind, token = self.tokens.pop(0) if self.tokens else ("", "")
        if kind == "text":
            return token[1:-1].replace("''", "'")
        if kind == "number":
            return int(token)
        if kind != "name":
            raise UnknownFormError(f"{self.expression!r} lacks a value at {token!r}")
        return self._call(token) if self._take("(") else self._path(token)

    def _close(self) -> None:
        if not self._take(")"):
            raise UnknownFormError(f"{self.expression!r} lacks a closing parenthesis")

    def _call(self, function: str) -> Any:  # noqa: ANN401
        arguments = [] if self._take(")") else [self._either()]
        if arguments:
            self._close()
        match function, arguments:
            case "always", []:
                return True
            case "cancelled", []:
                return False if self.context is None else bool(self.context.get("cancelled"))
            case "fromJSON", [text]:
                return None if self.context is None else json.loads(str(text))
            case "toJSON", [value]:
                return None if self.context is None else json.dumps(value)
            case _:
                pass
        raise UnknownFormError(f"{self.expression!r} calls {function} with {len(arguments)} arguments")

    def _path(self, name: str) -> Any:  # noqa: ANN401
        parts = [name]
        while self._take("."):
            if not self.tokens or self.tokens[0][0] != "name":
                raise UnknownFormError(f"{self.expression!r} has a path that does not go on")
            parts.append(self.tokens.pop(0)[1])
        self.paths.append(".".join(parts))
        if self.context is None:
            return None
        if parts[0] not in self.context:
            raise UnknownFormError(f"{self.expression!r} reads {parts[0]!r}, which is not known here")
        value: Any = self.context
        for part in parts:
            value = value.get(part) if hasattr(value, "get") else None
        return value
