// Package exit holds the gateway's exit codes, and errors that carry one. It knows nothing of what went wrong.
package exit

import "errors"

// The exit codes. All but SecondSignal are those of sysexits.h.
const (
	Usage         = 64  // wrong command line
	Unavailable   = 69  // the address is taken; of --health: the server is not healthy
	Internal      = 70  // any other error
	Configuration = 78  // no key, or no function
	SecondSignal  = 143 // ended at once by a second SIGTERM: 128 + 15, as shells report it
)

// Error is an error with the exit code of the process that it ends.
type Error struct {
	Code int
	err  error
}

func (e *Error) Error() string { return e.err.Error() }

func (e *Error) Unwrap() error { return e.err }

// With returns an error that wraps err and ends the process with an exit code. It is nil if err is.
func With(code int, err error) error {
	if err == nil {
		return nil
	}
	return &Error{code, err}
}

// Code returns the exit code of an error: Internal if it carries none.
func Code(err error) int {
	var known *Error
	if errors.As(err, &known) {
		return known.Code
	}
	return Internal
}
