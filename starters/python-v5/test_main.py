import os
import unittest
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

from main import main


def call(body: str = "", **env: str) -> Any:
    """Returns what the function returns, with what it has logged."""
    logged: list[str] = []

    def answer(value: Any, status: int = 200) -> SimpleNamespace:
        return SimpleNamespace(value=value, status=status, logged=logged)

    context: Any = SimpleNamespace(
        req=SimpleNamespace(
            method="POST", path="/", headers={"user-agent": "test"}, body_text=body
        ),
        res=SimpleNamespace(json=answer),
        log=lambda *values: logged.append(" ".join(map(str, values))),
    )
    with patch.dict(os.environ, env):
        return main(context)


class MainTest(unittest.TestCase):
    def test_greets_whoever_is_named(self) -> None:
        answer = call('{"name": "you"}', GREETING="Good day")
        self.assertEqual(answer.value, {"message": "Good day, you!", "client": "test"})
        self.assertEqual(answer.status, 200)
        self.assertEqual(answer.logged, ["called with POST /"])

    def test_refuses_what_is_no_object(self) -> None:
        for body in ("no JSON", "[1]"):
            self.assertEqual(call(body).status, 400)


if __name__ == "__main__":
    unittest.main()
