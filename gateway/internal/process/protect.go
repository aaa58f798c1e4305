package process

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"syscall"
)

const (
	// KeyDescriptor is the environment variable with the number of the descriptor that the key is read from. Restart
	// sets it.
	KeyDescriptor = "RUNTIME_GATEWAY_KEY_DESCRIPTOR"
	// maxKey is the size of the longest key: as much as a pipe takes without a reader, and more than a header carries.
	maxKey = 16 << 10

	setDumpable       = 4  // PR_SET_DUMPABLE
	setChildSubreaper = 36 // PR_SET_CHILD_SUBREAPER
)

// Protect keeps other processes of the same user from reading the gateway's memory and environment (contract R4). It
// also makes the gateway the parent of orphans where it is not PID 1.
func Protect() error {
	if _, _, errno := syscall.RawSyscall(syscall.SYS_PRCTL, setDumpable, 0, 0); errno != 0 {
		return fmt.Errorf("the gateway's memory cannot be protected: %w", errno)
	}
	if _, _, errno := syscall.RawSyscall(syscall.SYS_PRCTL, setChildSubreaper, 1, 0); errno != 0 {
		return fmt.Errorf("the gateway cannot adopt orphans: %w", errno)
	}
	return nil
}

// ErrKeyTooLong is the error of Restart for a key that no header could carry.
var ErrKeyTooLong = errors.New("the key is longer than a header can be")

// keyMark precedes the key in the pipe, so that an empty key is one, too.
const keyMark = "k"

// Restart executes this program again in the same process, with the key in a pipe instead of the environment. /proc
// shows the environment that a program was executed with until it ends. Restart returns only if it fails.
func Restart(self, key string, environment []string) error {
	if len(key) > maxKey {
		return ErrKeyTooLong
	}
	var pipe [2]int
	if err := syscall.Pipe(pipe[:]); err != nil {
		return err
	}
	if _, err := syscall.Write(pipe[1], []byte(keyMark+key)); err != nil {
		return err
	}
	_ = syscall.Close(pipe[1])
	environment = append(environment, KeyDescriptor+"="+strconv.Itoa(pipe[0]))
	return fmt.Errorf("%s cannot be executed: %w", self, syscall.Exec(self, os.Args, environment))
}

// InheritedKey reads the key that Restart has left in a pipe. It returns false before the restart.
func InheritedKey() (string, bool) {
	descriptor, err := strconv.Atoi(os.Getenv(KeyDescriptor))
	if err != nil {
		return "", false
	}
	pipe := os.NewFile(uintptr(descriptor), "key")
	if pipe == nil {
		return "", false
	}
	defer pipe.Close()
	text, err := io.ReadAll(pipe)
	if err != nil {
		return "", false
	}
	return strings.CutPrefix(string(text), keyMark)
}
