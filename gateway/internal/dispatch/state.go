package dispatch

// State is how many workers and requests there are at a moment, and what was counted since the start.
type State struct {
	Loaded    bool // a worker has loaded the default function (contract R10)
	Waiting   int  // requests that wait for a worker
	Running   int  // requests that a worker has
	Loading   int  // workers that load the function
	Templates int  // workers that only fork others
	Idle      int  // workers without a request
	Busy      int  // workers with requests
	Ending    int  // workers that take nothing new and are about to end
	Started   int  // workers that were ever started
	Lost      int  // workers that ended though nobody wanted it: crashes, overruns, functions that cannot be loaded
}

// State returns the present state.
func (d *Dispatcher) State() State {
	d.mu.Lock()
	defer d.mu.Unlock()
	s := State{Waiting: d.count(), Running: d.running, Started: d.started, Lost: d.lost}
	if p := d.pools[d.mainFile]; p != nil {
		s.Loaded = p.loaded
	}
	for w := range d.workers {
		switch {
		case w.state == stateLoading:
			s.Loading++
		case w.state != stateReady:
			s.Ending++
		case w.pool.template == w:
			s.Templates++
		case len(w.requests) > 0:
			s.Busy++
		default:
			s.Idle++
		}
	}
	return s
}

// countEnd counts the end of a worker.
func (d *Dispatcher) countEnd(w *worker) {
	if w.cause != errNotNeeded && !d.Stopping() {
		d.lost++
	}
}
