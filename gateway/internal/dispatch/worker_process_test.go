package dispatch

import (
	"os/exec"
	"testing"

	"runtimekit/gateway/internal/process"
	"runtimekit/gateway/internal/procfs"
)

// The number of a process that has ended may belong to another process by now.
func TestOnlyLivingProcessesAreSignalled(t *testing.T) {
	other := exec.Command("sleep", "1000")
	if err := other.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() {
		_ = other.Process.Kill()
		_ = other.Wait()
	}()
	ended := make(chan struct{})
	close(ended)
	left := workerProcess{unwanted: make(chan struct{}), left: true, handle: &process.Process{PID: other.Process.Pid, Exited: ended}}
	left.kill()
	if procfs.Parent(other.Process.Pid) == 0 {
		t.Error("a process was ended whose number an ended worker had")
	}
}
