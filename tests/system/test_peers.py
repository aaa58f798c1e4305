"""What runs the open-runtimes project's suite, with a suite of our own that is laid out in the same way."""

from __future__ import annotations

import json
import signal
from typing import TYPE_CHECKING

import pytest

from runtimekit.engine.containers import LABEL_OWNER

if TYPE_CHECKING:
    from pathlib import Path

    from runtimekit.engine.client import Engine

pytestmark = [pytest.mark.needs_docker, pytest.mark.slow]

TABLE = """
[node]
entry = "tests.js"
entry_no_export = "no-export.js"
versions = ["24"]
commands = { install = "true", start = "bash helpers/server.sh" }
test = "Serverless/Node.php"
"""
FUNCTION = """
module.exports = async ({ req, res, log }) => {
  log("called");
  const answer = await fetch("https://dummyjson.com/todos/5");
  return res.json({ variable: process.env.CUSTOM_ENV_VAR ?? "", todo: await answer.json() });
};
"""
CLASS = """<?php
namespace Tests\\Serverless;

class Node extends \\Tests\\Base
{
    private function ask(string $server, string $path, array $headers = []): array
    {
        $curl = curl_init("http://$server:3000$path");
        $id = '';
        curl_setopt_array($curl, [
            CURLOPT_RETURNTRANSFER => true,
            CURLOPT_HTTPHEADER => $headers,
            CURLOPT_TIMEOUT => 20,
            CURLOPT_HEADERFUNCTION => function ($curl, $line) use (&$id) {
                if (str_starts_with($line, 'x-open-runtimes-log-id:')) {
                    $id = trim(substr($line, 23));
                }
                return strlen($line);
            },
        ]);
        $body = curl_exec($curl);
        return [curl_getinfo($curl, CURLINFO_HTTP_CODE), $body, $id];
    }

    public function testServers(): void
    {
        $secret = ['x-open-runtimes-secret: ' . getenv('OPEN_RUNTIMES_SECRET')];
        [$status, $body, $id] = $this->ask('open-runtimes-test-serve', '/', $secret);
        self::assertSame(200, $status);
        self::assertSame('customValue', json_decode($body)->variable);
        self::assertSame(163, json_decode($body)->todo->userId);
        self::assertSame("called\\n", file_get_contents("/tmp/logs/{$id}_logs.log"));
        self::assertSame(401, $this->ask('open-runtimes-test-serve', '/')[0]);
        foreach (['secondary', 'teritary'] as $name) {
            [$status, , $id] = $this->ask("open-runtimes-test-serve-$name", '/');
            self::assertSame([200, 'dev'], [$status, $id]);
        }
        self::assertSame(503, $this->ask('open-runtimes-test-serve-no-export', '/')[0]);
    }

    public function testEngine(): void
    {
        $printed = shell_exec('docker logs open-runtimes-test-serve');
        self::assertStringContainsString('HTTP server successfully started!', $printed);
        self::assertSame("/usr/local/server\\n", shell_exec('docker exec open-runtimes-test-serve sh -c pwd'));
        self::assertNull(shell_exec('docker logs somebody-elses 2>/dev/null'));
    }

    public function testHeadlessBrowser(): void
    {
        self::fail('no site');
    }

    public function testArithmetic(): void
    {
        WAIT
        self::assertSame(2, 1);
    }
}
"""


def write(folder: Path, *, wait: str = "") -> Path:
    """The suite, in a new folder."""
    files = {
        "ci/runtimes.toml": TABLE,
        "tests/resources/functions/node/latest/tests.js": FUNCTION,
        "tests/resources/functions/node/latest/no-export.js": "exports.nothing = 1;\n",
        "tests/resources/functions/node/latest/package.json": json.dumps({"dependencies": {"puppeteer-core": "1"}}),
        "tests/Base.php": "<?php\nnamespace Tests;\nclass Base extends \\PHPUnit\\Framework\\TestCase {}\n",
        "tests/Client.php": "<?php\n",
        "tests/Serverless.php": "<?php\n",
        "tests/Serverless/Node.php": CLASS.replace("WAIT", wait),
    }
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder


def test_a_suite_gets_its_servers_and_its_result_is_shown(cli, tmp_path: Path) -> None:
    """Names, variables, logs, a library's host and the engine are there; a failed case is told with its place."""
    code, output = cli.run("open-runtimes-suite", "--suite", str(write(tmp_path)), "--language", "node")
    assert code == 1, output
    lines = output.splitlines()
    assert any("testHeadlessBrowser: it drives a browser against a public site" in line for line in lines), output
    failed = [line for line in lines if line.startswith("✗")]
    assert len(failed) == 1, output
    assert "testArithmetic: Failed asserting that 1 is identical to 2. (tests/Serverless/Node.php:" in failed[0]
    assert any(line.split()[1:7] == ["failed", "4", "2", "1", "1", "0"] for line in lines if line.startswith("node-"))


def test_an_interrupted_suite_leaves_nothing(cli, engine: Engine, tmp_path: Path) -> None:
    """While PHPUnit runs, which is when most is there."""
    words = ("open-runtimes-suite", "--suite", str(write(tmp_path, wait="sleep(100);")), "--language", "node")
    process = cli.start(*words)
    assert process.stdout is not None
    for line in process.stdout:
        if "running PHPUnit" in line:
            break
    process.send_signal(signal.SIGINT)
    output, _ = process.communicate(timeout=120)
    assert process.returncode == 130, output
    label = ("--filter", f"label={LABEL_OWNER}", "--format", f'{{{{.Label "{LABEL_OWNER}"}}}}')
    for what in (("ps", "--all"), ("network", "ls")):
        owners = engine.docker(*what, *label, doing="looking for what is left").split()
        assert [each for each in owners if each.startswith(f"{process.pid}.")] == []
