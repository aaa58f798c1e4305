package dispatch

import "runtimekit/gateway/internal/failure"

// watch begins to watch the client of a request that waits in a queue.
func (d *Dispatcher) watch(r *request) {
	if d.clients != nil && r.client != nil {
		d.watched[r.turn] = r
		d.clients.Add(r.client, r.turn)
	}
}

// unwatch ends that. It comes before the request's outcome, after which the server may close the connection.
func (d *Dispatcher) unwatch(r *request) {
	if d.watched[r.turn] == r {
		delete(d.watched, r.turn)
		d.clients.Remove(r.client)
	}
}

var errClientGone = failure.Newf(503, "the client has gone")

// clientGone takes a request out of its queue because its client has reset the connection (contract T4). A request that
// a worker has already goes on.
func (d *Dispatcher) clientGone(turn uint64) {
	d.mu.Lock()
	defer d.mu.Unlock()
	r := d.watched[turn]
	if r == nil || r.phase != phaseWaiting {
		return
	}
	p := r.pool
	p.dequeue(r)
	d.finish(r, event{failure: errClientGone})
	if len(p.queue) == 0 && p.loadingOther() {
		d.boundLoading(p, r.timedOut(), r)
	}
	d.removeIfEmpty(p)
	d.schedule()
}

// boundLoading ends the loading of a file for which no request waits any more, once the time of the last one is over.
// Until then another request may come for it.
func (d *Dispatcher) boundLoading(p *pool, overrun *failure.Error, last *request) {
	for _, w := range p.workers {
		if w.state != stateLoading {
			continue
		}
		d.clock.after(last.timeout, func() {
			d.mu.Lock()
			defer d.mu.Unlock()
			if w.state == stateLoading && len(p.queue) == 0 {
				w.kill(overrun)
			}
		})
	}
}
