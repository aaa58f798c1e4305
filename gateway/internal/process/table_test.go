package process

import (
	"os/exec"
	"testing"
	"time"

	"runtimekit/gateway/internal/procfs"
)

func TestAForkThatWasReapedFirstTakesNobodysPlace(t *testing.T) {
	other := exec.Command("sleep", "1000")
	if err := other.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() {
		_ = other.Process.Kill()
		_ = other.Wait()
	}()
	table := &Table{byPid: map[int]*Process{}}
	known := table.register(other.Process.Pid)
	adopted := table.Adopt(other.Process.Pid)
	adopted.Kill()
	if table.byPid[other.Process.Pid] != known || !adopted.Wait(time.Second) {
		t.Error("a fork that was reaped before it was known has taken another worker's place")
	}
	if procfs.Parent(other.Process.Pid) == 0 {
		t.Error("a process was ended whose number a fork had that has ended")
	}
}
