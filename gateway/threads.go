package main

import (
	"runtime"
	"sync"
)

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
