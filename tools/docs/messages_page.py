"""The page of all errors by their message, made from the classes in ``src/runtimekit/errors``."""

from __future__ import annotations

import ast
import inspect
import textwrap
from typing import TYPE_CHECKING

from markdown_text import code, table

from runtimekit import errors

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

ABOUT = """# Errors by their message

Which error is this, and what does it mean? Words in «brackets» stand for what differs. Each message says what
happened, the likely cause and the next step. [Exit codes](errors.md) has the same errors by code.
"""
SHORTEST = 12
"""Characters of a text that is worth showing: shorter ones only join others."""


def page() -> str:
    """The page, as Markdown, in alphabetical order of the messages."""
    rows = []
    for name, error in inspect.getmembers(errors, inspect.isclass):
        if issubclass(error, errors.RuntimekitError) and error is not errors.RuntimekitError:
            texts = " … ".join(messages(error)) or "«the words of the place that noticed it»"
            meaning = (inspect.getdoc(error) or "").partition("\n\n")[0]
            rows.append((texts, meaning, f"{int(error.exit_code)}, {code(name)}"))
    rows.sort(key=lambda row: row[0].lstrip("«").lower())
    return ABOUT + "\n" + table(("message", "meaning", "exit code, class"), (_shown(row) for row in rows))


def messages(error: type[errors.RuntimekitError]) -> list[str]:
    """The texts that a class makes its message of; what is filled in stands in «brackets»."""
    made = error.__dict__.get("__init__")
    if made is None:
        return []
    (tree,) = ast.parse(textwrap.dedent(inspect.getsource(made))).body
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and _is_supers(node)]
    return _long_texts(calls) or _long_texts([tree])


def _is_supers(call: ast.Call) -> bool:
    """Whether it is ``super().__init__(…)``, which is given the message."""
    return isinstance(call.func, ast.Attribute) and ast.unparse(call.func) == "super().__init__"


def _long_texts(nodes: Sequence[ast.AST]) -> list[str]:
    texts = [" ".join(text.split()) for node in nodes for text in _texts(node)]
    return [text for text in dict.fromkeys(texts) if len(text) >= SHORTEST]


def _shown(row: tuple[str, str, str]) -> tuple[str, str, str]:
    return (row[0].replace("<", "&lt;"), *row[1:])


def _texts(node: ast.AST) -> Iterator[str]:
    """The texts in a function, in the source's order; a text with values is one text."""
    if isinstance(node, ast.JoinedStr):
        yield "".join(map(_piece, node.values))
    elif isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, (ast.arguments, ast.Compare)):
        return  # annotations, and what is only compared
    else:
        for child in ast.iter_child_nodes(node):
            yield from _texts(child)


def _piece(node: ast.expr) -> str:
    if isinstance(node, ast.Constant):
        return str(node.value)
    words = ast.unparse(node.value) if isinstance(node, ast.FormattedValue) else "…"
    return f"«{words.removeprefix('self.')}»" if words.isidentifier() or words.startswith("self.") else "«…»"
