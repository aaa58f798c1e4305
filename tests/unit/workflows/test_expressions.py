"""GitHub's expressions: what our workflows use, and nothing else."""

from __future__ import annotations

from typing import Any

import pytest

from runtimekit.workflows import expressions

CONTEXT = {
    "github": {"event": {"pull_request": {"base": {"sha": "abc"}}}, "ref": "main"},
    "needs": {"plan": {"outputs": {"rows": "2", "matrix": '{"include": []}'}, "result": "success"}},
    "vars": {},
}


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("github.event.pull_request.base.sha || github.event.merge_group.base_sha", "abc"),
        ("github.event.merge_group.base_sha", None),
        ("vars.CACHE != ''", False),
        ("needs.plan.outputs.rows != '0'", True),
        ("github.ref == 'MAIN'", True),
        ("!cancelled() && needs.plan.result == 'success'", True),
        ("always()", True),
        ("'it''s' == 'it''s'", True),
        ("!(github.ref == 'main' || always())", False),
        ("fromJSON(needs.plan.outputs.matrix)", {"include": []}),
        ("toJSON(needs.plan.outputs.rows)", '"2"'),
    ],
)
def test_an_expression_has_the_value_that_github_gives_it(expression: str, value: Any) -> None:
    """Texts compare without case, nothing reads as an empty text."""
    assert expressions.evaluate(expression, CONTEXT) == value


@pytest.mark.parametrize(
    "expression",
    [
        "",
        "a b",
        "success()",
        "always(1)",
        "github.",
        "github.ref ==",
        "(github.ref",
        "github[0]",
        "format('{0}', 1)",
        "x.y",
    ],
)
def test_an_unknown_form_is_an_error(expression: str) -> None:
    """A guess would make the rehearsal lie."""
    with pytest.raises(expressions.UnknownFormError):
        expressions.evaluate(expression, CONTEXT)


def test_only_texts_are_compared() -> None:
    """GitHub makes numbers of what differs in kind: `1 == '1'` has surprises that we do without."""
    with pytest.raises(expressions.UnknownFormError, match="texts"):
        expressions.evaluate("1 == '1'", CONTEXT)


def test_texts_are_filled_in() -> None:
    """A text that is one expression keeps that expression's kind."""
    assert expressions.fill_in("${{ github.ref }} ${{ github.ref }}", CONTEXT) == "main main"
    assert expressions.fill_in("images-${{ github.ref }}-${{ vars.NONE }}", CONTEXT) == "images-main-"
    assert expressions.fill_in("${{ fromJSON(needs.plan.outputs.matrix) }}", CONTEXT) == {"include": []}
    assert expressions.fill_in(7, CONTEXT) == 7


def test_the_paths_of_an_expression_are_told_without_a_context() -> None:
    """Those behind `||`, too."""
    text = "fromJSON(needs.plan.outputs.matrix) || !(vars.A && github.ref == 'x')"
    assert expressions.paths(text) == ["needs.plan.outputs.matrix", "vars.A", "github.ref"]
