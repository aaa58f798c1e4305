"""Workers of functions that take a context, which a module's tests share."""

from __future__ import annotations

import contextlib
import functools
from typing import TYPE_CHECKING

import pytest
from context_forms import COMMANDS, FORMS, FUNCTIONS, READY
from contexts import serving
from workers import Worker, example, forked, needs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@pytest.fixture(scope="module")
def workers() -> Iterator[Callable[[str], Worker]]:
    """Gives the worker of a form, which all tests share; of a template, a fork."""
    with contextlib.ExitStack() as stack:

        @functools.cache
        def ready(form: str) -> Worker:
            language = form.partition("-")[0]
            if language != "python":
                needs(language)
            worker = stack.enter_context(serving(COMMANDS[language], FUNCTIONS / FORMS[form]))
            assert worker.raw() == READY[form]
            if form == "python-def":
                worker, _pipes = stack.enter_context(forked(worker))
                assert worker.raw() == example("READY, serial, takes a context")
            return worker

        yield ready


@pytest.fixture(params=FORMS)
def form(request: pytest.FixtureRequest) -> str:
    """The name of a form."""
    return str(request.param)


@pytest.fixture
def worker(form: str, workers: Callable[[str], Worker]) -> Worker:
    """The form's worker."""
    return workers(form)
