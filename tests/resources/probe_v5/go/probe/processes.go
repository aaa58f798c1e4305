package probe

import (
	"errors"
	"os"
	"strings"
	"syscall"
	"time"
)

// names are the system's own of the errors that the cases know.
var names = map[syscall.Errno]string{
	syscall.EACCES: "EACCES", syscall.EPERM: "EPERM", syscall.ENOSPC: "ENOSPC", syscall.ENOENT: "ENOENT",
	syscall.ESRCH: "ESRCH", syscall.EROFS: "EROFS", syscall.EISDIR: "EISDIR", syscall.ENOTDIR: "ENOTDIR",
}

// named is the name of the system's error.
func named(err error) string {
	var number syscall.Errno
	if errors.As(err, &number) && names[number] != "" {
		return names[number]
	}
	return err.Error()
}

func refused(c context, err error) response { return c.Res.Text(named(err), c.Res.WithStatusCode(403)) }

func signal(c context, g given) response {
	target := os.Getppid()
	switch pid := g.PID.(type) {
	case float64:
		target = int(pid)
	case string:
		if pid == "self" {
			target = os.Getpid()
		}
	}
	signals := map[string]syscall.Signal{"SIGKILL": syscall.SIGKILL, "SIGTERM": syscall.SIGTERM, "SIGSTOP": syscall.SIGSTOP}
	said := "sent"
	if err := syscall.Kill(target, signals[g.Name]); err != nil {
		said = named(err)
	}
	time.Sleep(50 * time.Millisecond) // a signal to itself comes a moment later
	return c.Res.Text(said)
}

func environment(c context, _ given) response {
	found := map[string]string{}
	for _, pair := range os.Environ() {
		name, value, _ := strings.Cut(pair, "=")
		found[name] = value
	}
	return c.Res.Json(found)
}

func identity(c context, _ given) response {
	groups, _ := os.Getgroups()
	if groups == nil {
		groups = []int{}
	}
	folder, _ := os.Getwd()
	return c.Res.Json(map[string]any{"user": os.Getuid(), "group": os.Getgid(), "groups": groups, "folder": folder})
}

func read(c context, g given) response {
	content, err := os.ReadFile(g.Path)
	if err != nil {
		return refused(c, err)
	}
	return c.Res.Binary(content)
}

func write(c context, g given) response {
	file, err := os.OpenFile(g.Path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return refused(c, err)
	}
	defer file.Close()
	if _, err := file.WriteString(g.Text); err != nil {
		return refused(c, err)
	}
	return c.Res.Text("written")
}

// fill writes until the folder takes no more, at most so many MiB; it keeps nothing.
func fill(c context, g given) response {
	file, err := os.Create(g.Path)
	if err != nil {
		return c.Res.Text(named(err))
	}
	defer os.Remove(g.Path)
	defer file.Close()
	for n := 0; n < g.MiB; n++ {
		if _, err := file.Write(make([]byte, 1<<20)); err != nil {
			return c.Res.Text(named(err))
		}
	}
	return c.Res.Text("written")
}
