"""Java's threads serve several requests: none finds what another has left in its thread."""

from __future__ import annotations

import json
import subprocess
import time
from typing import TYPE_CHECKING

from workers import ANSWER, READY, Worker, java_command, request, started

if TYPE_CHECKING:
    from pathlib import Path

FUNCTION = """
public class Index {
    private static final ThreadLocal<String> OWN = new ThreadLocal<>();
    private static final InheritableThreadLocal<String> INHERITED = new InheritableThreadLocal<>();

    public Response main(Request req, Response res) {
        Thread thread = Thread.currentThread();
        boolean interrupted = thread.isInterrupted();
        String found = OWN.get() + " " + INHERITED.get() + " " + interrupted + " " + thread.getPriority();
        OWN.set("left");
        INHERITED.set("left");
        thread.interrupt();
        if (req.payload.equals("priority")) thread.setPriority(Thread.MIN_PRIORITY);
        if (req.payload.equals("interrupted later")) {
            new Thread(() -> {
                for (int times = 0; times < 50; times++) thread.interrupt();
            }).start();
        }
        return res.json(new Object[] {found, thread.getId()});
    }
}
"""
AS_NEW = "null null false 5"


def call(worker: Worker, number: int, payload: str = "") -> tuple[str, int]:
    """What the request found, and the number of its thread."""
    worker.send(request(number, payload=payload))
    frame = worker.end(number)
    assert frame.kind == ANSWER, frame
    time.sleep(0.01)  # the thread is free again a moment after its answer
    found, thread = json.loads(frame.answer()[2])
    return found, thread


def test_a_thread_begins_each_request_as_a_new_one_would(java_probe: Path, tmp_path: Path) -> None:
    """Thread-locals and interrupts are forgotten; a thread with another priority is not used again."""
    file, classes = tmp_path / "Index.java", tmp_path / ".classes" / "Index.java"
    file.write_text(FUNCTION)
    worker_classes = java_probe.with_name("worker")
    subprocess.run(["javac", "-d", str(classes), "-cp", str(worker_classes), str(file)], check=True)
    with started(java_command(java_probe), file, tmp_path) as worker:
        assert worker.next().kind == READY
        first = [call(worker, number) for number in range(1, 21)]
        assert {found for found, _thread in first} == {AS_NEW}
        assert len({thread for _found, thread in first}) < len(first), "threads are used again"
        _found, changed = call(worker, 21, "priority")
        later = [call(worker, number, "interrupted later") for number in range(22, 42)]
        assert {found for found, _thread in later} <= {AS_NEW, AS_NEW.replace("false", "true")}
        assert changed not in {thread for _found, thread in later}
