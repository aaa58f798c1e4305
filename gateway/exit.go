package main

import (
	"runtime"
	"sync"
)

// Exit codes, those of sysexits.h where it has one.
const (
	exitUsage         = 64
	exitUnavailable   = 69 // the address is taken
	exitInternal      = 70
	exitConfiguration = 78 // no key, no function
	exitSecondSignal  = 143
)

// exitError is an error that decides the exit code.
type exitError struct {
	code int
	err  error
}

func (e *exitError) Error() string { return e.err.Error() }

func (e *exitError) Unwrap() error { return e.err }

func exitWith(code int, err error) error { return &exitError{code, err} }

// reservedThreads is how many threads are there from the start. When user code has used up all that the container may
// have, Go could not make another, and would abort.
const reservedThreads = 12

// reserveThreads makes Go start threads, which it then keeps.
func reserveThreads() {
	var all, done sync.WaitGroup
	all.Add(reservedThreads)
	for range reservedThreads {
		done.Add(1)
		go func() {
			defer done.Done()
			runtime.LockOSThread()
			defer runtime.UnlockOSThread()
			all.Done()
			all.Wait()
		}()
	}
	done.Wait()
}
