package process

import (
	"fmt"
	"os"
	"strings"
	"syscall"
)

// UserVariable is the environment variable with which an operator lets workers keep the gateway's user: its value is
// then "root".
const UserVariable = "RUNTIME_USER"

// User is the user of workers. The nil User is the gateway's own.
type User struct{ UID, GID int }

// WorkerUser returns the user of the workers of a gateway that runs as root: 2001:2000, which cannot reach what is
// root's. A gateway with another user cannot choose.
func WorkerUser(wanted string) (*User, error) {
	switch {
	case wanted != "" && wanted != "root":
		return nil, fmt.Errorf("%s is %q; the only value that means something is root", UserVariable, wanted)
	case os.Geteuid() != 0 || wanted == "root":
		return nil, nil
	}
	return &User{UID: 2001, GID: 2000}, nil
}

// Environment returns an environment for the user's processes: a home folder of root's is none of theirs.
func (u *User) Environment(environment []string) []string {
	if u == nil {
		return environment
	}
	kept := []string{"HOME=/tmp"}
	for _, entry := range environment {
		if !strings.HasPrefix(entry, "HOME=") {
			kept = append(kept, entry)
		}
	}
	return kept
}

// Credential returns what a new process needs to become the user, nil if there is nothing to change.
func (u *User) Credential() *syscall.Credential {
	if u == nil {
		return nil
	}
	return &syscall.Credential{Uid: uint32(u.UID), Gid: uint32(u.GID)}
}

// Own gives a file or folder to the user.
func (u *User) Own(path string) error {
	if u == nil {
		return nil
	}
	return os.Lchown(path, u.UID, u.GID)
}

// ID returns the number of the user.
func (u *User) ID() int {
	if u == nil {
		return os.Getuid()
	}
	return u.UID
}
