package function

import (
	"os"
	"os/exec"
	"strings"
	"syscall"
)

// startSleeper leaves a process of its own behind.
func startSleeper() (int, error) {
	program, err := exec.LookPath("sleep")
	if err != nil {
		return 0, err
	}
	return syscall.ForkExec(program, []string{"sleep", "60"}, &syscall.ProcAttr{
		Sys: &syscall.SysProcAttr{Setsid: true},
	})
}

// untilError does the work so many times, or until it fails; the error is nil or its text.
func untilError(times int, work func() error) (done int, text any) {
	for ; done < times; done++ {
		if err := work(); err != nil {
			return done, err.Error()
		}
	}
	return done, nil
}

func fill(_ Request, res Response, o options) Response {
	path := o.Path
	if path == "" {
		path = "/tmp/filled"
	}
	file, err := os.Create(path)
	if err != nil {
		panic(err)
	}
	defer file.Close()
	block := []byte(strings.Repeat("x", 1<<20))
	written := 0
	_, text := untilError(or(o.MiB, 1024), func() error {
		size, err := file.Write(block)
		written += size
		return err
	})
	return res.JSON(map[string]any{"written": written, "error": text})
}
