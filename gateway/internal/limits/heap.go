package limits

import (
	"runtime"
	"runtime/debug"
)

const (
	// heapLimit is the size of the heap, in bytes, from which on Go's garbage collector works harder: what may be in
	// flight, and a little.
	heapLimit = 80 << 20
	// keptHeap is how many unused bytes the gateway keeps while nothing runs.
	keptHeap = 16 << 20
)

// LimitHeap has the garbage collector keep the heap below its limit where it can.
func LimitHeap() { debug.SetMemoryLimit(heapLimit) }

// ReleaseHeap gives unused memory back to the system. Go itself would do so only after minutes.
func ReleaseHeap() {
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	if stats.HeapSys-stats.HeapReleased > keptHeap {
		debug.FreeOSMemory()
	}
}
