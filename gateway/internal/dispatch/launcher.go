package dispatch

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
	"syscall"
	"time"

	"runtimekit/gateway/internal/process"
	"runtimekit/gateway/internal/procfs"
	"runtimekit/gateway/internal/starttimes"
)

const (
	// forkDeadline is how long a template may take to become two processes.
	forkDeadline = 5 * time.Second
	// forkQuiet is how long processes that workers have left behind are not ended while a template forks.
	forkQuiet = 2 * time.Second
	// WorkerOOMScore is the oom_score_adj of workers: the kernel ends them, not the gateway, when memory runs out.
	WorkerOOMScore = "800"
)

// Launcher starts workers (docs/worker-protocol.md, "Starting a worker").
type Launcher struct {
	command        []string // the first word is an absolute path
	environment    []string // without the key
	folder         string   // the working directory, /usr/code
	context        bool     // functions take a context: what they print is theirs
	user           *process.User
	sockets        *socketFolder
	processes      *process.Table
	stdout, stderr *process.SharedWriter
}

// NewLauncher returns a launcher that starts workers as `command… FILE` in a folder, with an environment. What workers
// print goes to the gateway's own stdout and stderr.
func NewLauncher(command, environment []string, folder string) *Launcher {
	return &Launcher{
		command: command, environment: environment, folder: folder, sockets: &socketFolder{},
		processes: process.NewTable(), stdout: process.NewSharedWriter(os.Stdout), stderr: process.NewSharedWriter(os.Stderr),
	}
}

// ForContext has the launcher start workers whose functions take a context, as a user.
func (l *Launcher) ForContext(user *process.User) *Launcher {
	l.context, l.user, l.sockets.user = true, user, user
	l.environment = append(user.Environment(l.environment), "RUNTIME_SHAPE=context")
	return l
}

// print prints what an adapter has caught that the function has printed, to the container's stdout (0) or stderr (1).
func (l *Launcher) print(stream byte, text []byte) {
	to := l.stdout
	if stream == 1 {
		to = l.stderr
	}
	_, _ = to.Write(append(bytes.Clone(text), '\n'))
}

// outputs returns where what workers print goes, in the order of their streams.
func (l *Launcher) outputs() []*process.SharedWriter {
	return []*process.SharedWriter{l.stdout, l.stderr}
}

// newOutput returns what copies the output of a worker.
func (l *Launcher) newOutput(w *worker) *process.Output {
	o := &process.Output{}
	if l.context {
		w.native = newNative(o, func(pipes []procfs.File) map[int]bool { return l.processes.Writers(pipes, l.user) })
	}
	return o
}

// start starts or forks the worker's process, and waits until it has connected.
func (w *worker) start() error {
	l := w.d.launcher
	if w.template == nil {
		if err := w.checkDeclared(l); err != nil {
			return err
		}
	}
	socket, err := l.sockets.open()
	if err != nil {
		return err
	}
	defer socket.close()
	if w.template != nil {
		err = w.fork(l, socket)
	} else {
		err = w.spawn(l, socket)
	}
	if err != nil {
		return err
	}
	conn, process := w.conn.socket, w.process.handle
	go func() {
		<-process.Exited
		_ = conn.CloseRead() // what has arrived can still be read; then the connection ends, though a child may hold it
	}()
	return nil
}

// spawn starts the adapter as a new process.
func (w *worker) spawn(l *Launcher, socket *workerSocket) error {
	nothing, err := syscall.Open(os.DevNull, syscall.O_RDONLY|syscall.O_CLOEXEC, 0)
	if err != nil {
		return fmt.Errorf("no input for the worker: %w", err)
	}
	defer syscall.Close(nothing)
	o := l.newOutput(w)
	files := []uintptr{uintptr(nothing)}
	for _, to := range l.outputs() {
		var pipe [2]int
		if err := syscall.Pipe2(pipe[:], syscall.O_CLOEXEC); err != nil {
			return fmt.Errorf("no pipe for the worker's output: %w", err)
		}
		defer syscall.Close(pipe[1])
		_ = syscall.SetNonblock(pipe[0], true) // the reading end only: the worker's end blocks, as programs expect
		o.Copy(os.NewFile(uintptr(pipe[0]), "worker's output"), to)
		files = append(files, uintptr(pipe[1]))
	}
	starttimes.Note(starttimes.Worker)
	p, err := l.processes.Start(append(l.command[:len(l.command):len(l.command)], w.pool.file), &syscall.ProcAttr{
		Dir:   l.folder,
		Env:   append(l.environment[:len(l.environment):len(l.environment)], "RUNTIME_SOCKET="+socket.path()),
		Files: files,
		Sys:   &syscall.SysProcAttr{Setsid: true, Credential: l.user.Credential()}, // a session of its own: it can join no other process group
	})
	if err != nil {
		return err
	}
	// Forks inherit the score. Where it cannot be written the kernel ends the largest process, which is a worker as
	// well.
	_ = os.WriteFile("/proc/"+strconv.Itoa(p.PID)+"/oom_score_adj", []byte(WorkerOOMScore), 0)
	w.process.started(p, o)
	conn, _, err := socket.accept(p.Exited, w.process.unwanted, func(pid int) bool { return pid == p.PID })
	if err != nil {
		return err
	}
	starttimes.Note(starttimes.Connected)
	w.conn = newWorkerConn(conn)
	return nil
}

// fork has the template fork.
func (w *worker) fork(l *Launcher, socket *workerSocket) error {
	defer l.processes.HoldSweeps(forkQuiet)()
	streams, err := l.makeStreams(socket.folder)
	if err != nil {
		return err
	}
	defer func() {
		if w.conn == nil {
			streams.close()
		}
	}()
	if err := w.template.conn.writeFork(socket.folder); err != nil {
		return fmt.Errorf("the worker that forks has ended: %w", err)
	}
	_ = socket.listener.SetDeadline(time.Now().Add(forkDeadline))
	conn, pid, err := socket.accept(w.template.process.handle.Exited, w.process.unwanted, l.isNewChild)
	if err != nil {
		return err
	}
	// Not earlier: a FIFO that no process has opened for writing yet reads as ended.
	o := l.newOutput(w)
	for i, to := range l.outputs() {
		o.Copy(streams[i], to)
	}
	w.process.started(l.processes.Adopt(pid), o)
	w.conn = newWorkerConn(conn)
	return nil
}

// isNewChild reports whether a process is a child of the gateway, or is about to become one, and no worker yet.
func (l *Launcher) isNewChild(pid int) bool {
	for range 100 {
		if procfs.Parent(pid) == os.Getpid() {
			return !l.processes.Known(pid)
		}
		time.Sleep(time.Millisecond) // its parent, which the template forked in between, has not ended yet
	}
	return false
}
