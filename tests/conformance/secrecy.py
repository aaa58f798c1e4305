"""No function, log or answer can show the key (contract R4)."""

from __future__ import annotations

from runtimekit.conformance import Subject, Target, case, expect, expect_that


def read(target: Target, path: str) -> str:
    """What the function can read there; nothing where it may not."""
    answer = target.probe("read", path=path)
    return answer.body.decode(errors="replace") if answer.status == 200 else ""


@case("secrecy.environment", rule="R4")
def environment(target: Target) -> None:
    """The function's environment holds neither the key nor its name."""
    found = target.probe("environ").json()
    expect([], [name for name in found if "RUNTIME_KEY" in name.upper()], "the key's names in the environment")
    expect([], [name for name, value in found.items() if target.key in value], "variables that hold the key")


@case("secrecy.processes", rule="R4", alone=True)
def processes(target: Target) -> None:
    """No process shows the key in its environment or on its command line."""
    # Alone, because what other cases execute in the container has its variables, the key among them.
    listed = target.function.container.execute("ls", "/proc").split()
    for process in ["self", "thread-self", *filter(str.isdigit, listed)]:
        for file in ("environ", "cmdline"):
            path = f"/proc/{process}/{file}"
            expect_that(target.key not in read(target, path), path, "no key", "the key")


@case("secrecy.memory", rule="R4")
def memory(target: Target) -> None:
    """The function can read the server's memory no more than its environment, nor through its open files."""
    for file in ("mem", "maps", "environ", "cwd/.", "root/proc/1/environ", *(f"fd/{number}" for number in range(10))):
        answer = target.probe("read", path=f"/proc/1/{file}", timeout=2)
        expect_that(answer.status != 200 or not answer.body, f"/proc/1/{file}", "unreadable", answer.body[:100])


@case("secrecy.files", rule="R4")
def files(target: Target) -> None:
    """No file of the container holds the key."""
    places = "/tmp /usr/code /usr/workspace /usr/local/src /etc /run /var"
    script = f"find {places} -xdev -type f -exec grep -lF -e {target.key} {{}} +"
    expect("", target.function.container.execute("sh", "-c", script, check=False).strip(), "files that hold the key")


@case("secrecy.logs", rule="R4", last=True)
def logs(target: Target) -> None:
    """After all the cases, the log holds no key, not even a wrong one that somebody sent."""
    expect_that(not any(key in target.logs() for key in target.environment.keys), "the log", "no key", "a key")


@case("secrecy.hello-logs", rule="R4", bench=Subject.HELLO, last=True)
def hello_logs(target: Target) -> None:
    """Nor does the documented function's."""
    expect_that(not any(key in target.logs() for key in target.environment.keys), "the log", "no key", "a key")
