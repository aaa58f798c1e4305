package dispatch

import (
	"fmt"
	"os"
	"path/filepath"
	"syscall"

	"runtimekit/gateway/internal/frames"
)

// streams are the gateway's ends of the FIFOs that become a worker's stdout and stderr.
type streams []*os.File

// streamNames are the names of the FIFOs in their folder.
var streamNames = [...]string{"stdout", "stderr"}

// makeStreams makes the FIFOs in a folder, and opens them for reading.
func (l *Launcher) makeStreams(folder string) (streams, error) {
	var s streams
	for _, name := range streamNames {
		path := filepath.Join(folder, name)
		err := syscall.Mkfifo(path, 0o600)
		if err == nil {
			err = l.user.Own(path)
		}
		if err == nil {
			err = s.open(path, os.O_RDONLY)
		}
		if err != nil {
			s.close()
			return nil, fmt.Errorf("no pipe for the worker's output: %w", err)
		}
	}
	return s, nil
}

func (s *streams) open(path string, flag int) error {
	file, err := os.OpenFile(path, flag|syscall.O_NONBLOCK, 0)
	if err == nil {
		*s = append(*s, file)
	}
	return err
}

func (s streams) close() {
	for _, file := range s {
		_ = file.Close()
	}
}

// changeOutput has a serial worker print to other pipes from its next call on. It returns what is to be called once that
// call has ended.
func (w *worker) changeOutput() (func(), error) {
	l := w.d.launcher
	folder, err := l.sockets.makeFolder()
	if err != nil {
		return nil, err
	}
	read, err := l.makeStreams(folder)
	if err != nil {
		_ = os.RemoveAll(folder)
		return nil, err
	}
	var held streams // a FIFO that no process has opened for writing yet reads as ended
	opened := func() {
		held.close()
		_ = os.RemoveAll(folder)
	}
	for _, name := range streamNames {
		if err := held.open(filepath.Join(folder, name), os.O_WRONLY); err != nil {
			opened()
			read.close()
			return nil, err
		}
	}
	w.native.output.Replace(read, l.outputs())
	w.conn.add(frames.Folder(frames.KindOutput, folder))
	return opened, nil
}
