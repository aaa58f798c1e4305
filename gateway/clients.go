package main

import "runtimekit/gateway/internal/failure"

// watch begins to watch the client of a request that waits in a queue.
func (d *dispatcher) watch(j *job) {
	if d.clients != nil && j.client != nil {
		d.watched[j.turn] = j
		d.clients.Add(j.client, j.turn)
	}
}

// unwatch ends that, before the request's own goroutine can close the connection.
func (d *dispatcher) unwatch(j *job) {
	if d.watched[j.turn] == j {
		delete(d.watched, j.turn)
		d.clients.Remove(j.client)
	}
}

var errGone = failure.New(503, "the client has gone")

// leave takes a request whose client is gone out of its queue. If a worker has it already, it is let be.
func (d *dispatcher) leave(turn uint64) {
	d.mu.Lock()
	defer d.mu.Unlock()
	j := d.watched[turn]
	if j == nil || j.phase != phaseWaiting {
		return
	}
	p := j.pool
	p.dequeue(j)
	d.finish(j, event{failure: errGone})
	if len(p.queue) == 0 && p.loadingOther() {
		d.boundLoading(p, j.timedOut(), j)
	}
	d.forgetEmpty(p)
	d.schedule()
}

// boundLoading ends the loading of a file for which nobody waits any more when the last one's time is over: until then
// somebody may come who wants it.
func (d *dispatcher) boundLoading(p *pool, overrun *failure.Error, last *job) {
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
