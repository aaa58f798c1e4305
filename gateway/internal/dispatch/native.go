package dispatch

import (
	"sync"

	"runtimekit/gateway/internal/logbook"
	"runtimekit/gateway/internal/process"
)

// native says whose is what a worker prints: while exactly one call runs in the worker, it is that call's
// (docs/protocol-v5.md, V16). Otherwise it goes to the container's log only, where it goes in any case.
type native struct {
	output *process.Output

	turn sync.Mutex // held while the pipes are drained and the calls change; Dispatcher.mu is not held then

	mu    sync.Mutex // guards calls; a leaf
	calls []*logbook.Book
}

// newNative returns what taps a worker's output. Call it before anything is copied.
func newNative(o *process.Output) *native {
	n := &native{output: o}
	o.SetTap(n.printed)
	return n
}

// printed gets what the worker has printed.
func (n *native) printed(stream int, data []byte) {
	n.mu.Lock()
	var only *logbook.Book
	if len(n.calls) == 1 {
		only = n.calls[0]
	}
	n.mu.Unlock()
	if only != nil {
		only.Print(stream, data)
	}
}

// begin says that a call is about to be written to the worker. What was printed before is not its. In a serial worker
// the call before has ended.
func (n *native) begin(b *logbook.Book, serial bool) {
	n.turn.Lock()
	defer n.turn.Unlock()
	n.output.Drain()
	n.mu.Lock()
	defer n.mu.Unlock()
	if serial {
		n.calls = n.calls[:0]
	}
	n.calls = append(n.calls, b)
}

// end says that a call has ended. What was printed before is still its.
func (n *native) end(b *logbook.Book) {
	n.turn.Lock()
	defer n.turn.Unlock()
	n.output.Drain()
	n.mu.Lock()
	defer n.mu.Unlock()
	for i, other := range n.calls {
		if other == b {
			n.calls = append(n.calls[:i:i], n.calls[i+1:]...)
			return
		}
	}
}

// drain has the running call get what was printed by now, so that it stands before what the function logs next.
func (n *native) drain() {
	n.turn.Lock()
	defer n.turn.Unlock()
	n.output.Drain()
}
