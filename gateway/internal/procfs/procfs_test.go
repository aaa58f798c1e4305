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
