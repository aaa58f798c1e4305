import unittest
from types import SimpleNamespace
from typing import Any

from index import main


class Answer:
    """Keeps what the function answers."""

    status = 0
    value: Any = None

    def send(self, text: str, status: int = 200) -> "Answer":
        self.value, self.status = text, status
        return self

    def json(self, value: Any, status: int = 200) -> "Answer":
        self.value, self.status = value, status
        return self


def call(payload: str = "", **env: str) -> Answer:
    answer = Answer()
    main(
        SimpleNamespace(env=env, headers={"user-agent": "test"}, payload=payload),
        answer,
    )
    return answer


class IndexTest(unittest.TestCase):
    def test_greets_whoever_is_named(self) -> None:
        answer = call('{"name": "you"}', GREETING="Good day")
        self.assertEqual(answer.value, {"message": "Good day, you!", "client": "test"})
        self.assertEqual(answer.status, 200)

    def test_refuses_what_is_no_object(self) -> None:
        for payload in ("no JSON", "[1]"):
            self.assertEqual(call(payload).status, 400)


if __name__ == "__main__":
    unittest.main()
