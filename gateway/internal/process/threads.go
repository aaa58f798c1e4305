package process

import (
	"runtime"
	"sync"
)

// reservedThreads is how many threads the gateway has from the start. Go aborts if it needs another thread and cannot
// start one, which happens once user code has used up all the tasks of the container.
const reservedThreads = 12

// ReserveThreads has Go start threads. Go keeps the threads that it has started.
func ReserveThreads() {
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
