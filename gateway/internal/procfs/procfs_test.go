package procfs

import (
	"bytes"
	"os"
	"os/exec"
	"runtime"
	"testing"
)

func TestTasksOfChildrenCount(t *testing.T) {
	before := ThreadsBelow(os.Getpid())
	child := exec.Command("sleep", "1000")
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() {
		_ = child.Process.Kill()
		_ = child.Wait()
	}()
	if own := Threads(os.Getpid()); own < 1 || before < own {
		t.Errorf("this process has %d tasks, with its children %d", own, before)
	}
	if own, all := Threads(os.Getpid()), ThreadsBelow(os.Getpid()); all <= own {
		t.Errorf("with a child %d tasks, without it %d", all, own)
	}
}

func TestMemoryOfAProcess(t *testing.T) {
	const size = 4 << 20
	held := bytes.Repeat([]byte("x"), size) // written, so that the pages are there
	if own := Memory(os.Getpid()); own < size || own > 1<<32 {
		t.Errorf("this process has %d bytes, of which it has written %d", own, len(held))
	}
	runtime.KeepAlive(held)
	if own := Memory(1 << 30); own != 0 {
		t.Errorf("a process that is not there has %d bytes", own)
	}
}

func TestWhoMakesProcessesIsSeen(t *testing.T) {
	before := Newest()
	if err := exec.Command("true").Run(); err != nil {
		t.Fatal(err)
	}
	if after := Newest(); before == 0 || after == before {
		t.Errorf("the newest process was %d, and is %d after another one", before, after)
	}
}

func TestHoldersOfAPipeAreFound(t *testing.T) {
	read, write, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer read.Close()
	pipe, ok := FileOf(write.Fd())
	child, other := exec.Command("sleep", "1000"), exec.Command("sleep", "1000")
	child.Stdout = write
	for _, c := range []*exec.Cmd{child, other} {
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		defer func() {
			_ = c.Process.Kill()
			_ = c.Wait()
		}()
	}
	write.Close()
	holders := Holders([]File{pipe}, func(pid int) bool { return pid == os.Getpid() })
	if !ok || len(holders) != 1 || !holders[child.Process.Pid] {
		t.Errorf("%v have the pipe, not %d", holders, child.Process.Pid)
	}
	if holders := Holders([]File{pipe}, func(pid int) bool { return pid == os.Getpid() || pid == child.Process.Pid }); len(holders) != 0 {
		t.Errorf("%v are not left out", holders)
	}
}
