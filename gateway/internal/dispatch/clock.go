package dispatch

import "time"

// clock tells the time and calls functions later. The model test has an implementation of its own.
type clock interface {
	now() time.Time
	after(d time.Duration, act func()) stopper
}

// stopper is what time.AfterFunc returns: Stop keeps the function from being called, if it has not been yet.
type stopper interface{ Stop() bool }

// systemClock is the real time.
type systemClock struct{}

func (systemClock) now() time.Time { return time.Now() }

func (systemClock) after(d time.Duration, act func()) stopper { return time.AfterFunc(d, act) }

func (d *Dispatcher) since(moment time.Time) time.Duration { return d.clock.now().Sub(moment) }
