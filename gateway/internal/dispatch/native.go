package dispatch

import (
	"sync"

	"runtimekit/gateway/internal/logbook"
	"runtimekit/gateway/internal/process"
	"runtimekit/gateway/internal/procfs"
)

// native says whose is what comes through a worker's stdout and stderr: while exactly one call runs in the worker, it is
// that call's, unless a process that an earlier call has left may have printed it (docs/protocol-v5.md, V16). Otherwise
// it goes to the container's log only, where it goes in any case.
type native struct {
	output  *process.Output
	writers func([]procfs.File) map[int]bool // the processes, but for workers, that can write to pipes

	turn   sync.Mutex // held while the pipes are drained and the calls change; Dispatcher.mu is not held then
	newest int        // the process or thread that had been made last when writers was last asked
	left   bool       // what writers said then: there are some, beside those of loaded
	loaded map[int]bool
	opened func() // ends what change has begun, nil if there is nothing to end

	mu    sync.Mutex // guards calls; a leaf
	calls []*nativeCall
}

// nativeCall is a call that runs.
type nativeCall struct {
	book  *logbook.Book
	mixed bool // others may print to the same pipes
}

// newNative returns what taps a worker's output. Call it before anything is copied.
func newNative(o *process.Output, writers func([]procfs.File) map[int]bool) *native {
	n := &native{output: o, writers: writers}
	o.SetTap(n.printed)
	return n
}

// printed gets what the worker has printed.
func (n *native) printed(stream int, data []byte) {
	n.mu.Lock()
	var only *logbook.Book
	if len(n.calls) == 1 && !n.calls[0].mixed {
		only = n.calls[0].book
	}
	n.mu.Unlock()
	if only != nil {
		only.Print(stream, data)
	}
}

// begin says that a call is about to be written to the worker. What was printed before is not its, and what is printed by
// processes that earlier calls have left is not either. The call before has ended if the worker is serial. If it can, it
// gets other pipes then: `change` makes them.
func (n *native) begin(b *logbook.Book, serial bool, change func() (opened func(), err error)) {
	n.turn.Lock()
	defer n.turn.Unlock()
	n.output.Drain()
	n.endChange()
	mixed := n.othersWrite()
	if mixed && change != nil {
		if opened, err := change(); err == nil {
			n.opened, n.left, mixed = opened, false, false
		}
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	if serial {
		n.calls = n.calls[:0]
	}
	if len(n.calls) == 0 {
		n.output.Forget() // the message of a crash must not tell what other calls have printed
	}
	n.calls = append(n.calls, &nativeCall{b, mixed})
}

// end says that a call has ended. What was printed before is still its.
func (n *native) end(b *logbook.Book) {
	n.turn.Lock()
	defer n.turn.Unlock()
	n.output.Drain()
	n.endChange()
	if n.remove(b) > 0 && n.othersWrite() {
		n.mu.Lock()
		defer n.mu.Unlock()
		for _, other := range n.calls {
			other.mixed = true
		}
	}
}

// remove removes a call, and returns how many are left.
func (n *native) remove(b *logbook.Book) int {
	n.mu.Lock()
	defer n.mu.Unlock()
	for i, other := range n.calls {
		if other.book == b {
			n.calls = append(n.calls[:i:i], n.calls[i+1:]...)
			return len(n.calls)
		}
	}
	return 0
}

// close ends everything, once the worker has ended.
func (n *native) close() {
	n.turn.Lock()
	defer n.turn.Unlock()
	n.endChange()
}

// drain has the running call get what was printed by now, so that it stands before what the function logs next.
func (n *native) drain() {
	n.turn.Lock()
	defer n.turn.Unlock()
	n.output.Drain()
}

// endChange ends what change has begun. A call has ended since then, so the worker has opened its new pipes. The caller
// holds turn.
func (n *native) endChange() {
	if n.opened != nil {
		n.opened()
		n.opened = nil
	}
}

// othersWrite reports whether a process has the worker's pipes that a call has started. Those that were started while the
// function was loaded count as parts of the worker. The caller holds turn.
func (n *native) othersWrite() bool {
	newest := procfs.Newest()
	if newest != 0 && newest == n.newest && !n.left {
		return false // nobody has made a process: the usual case, which must cost next to nothing
	}
	writers := n.writers(n.output.Pipes())
	if n.loaded == nil {
		n.loaded = writers
	}
	n.newest, n.left = newest, false
	for pid := range writers {
		n.left = n.left || !n.loaded[pid]
	}
	return n.left
}
