package dispatch

import "time"

// clock is what the dispatcher knows of time. The model test has one of its own.
type clock interface {
	now() time.Time
	after(d time.Duration, act func()) stopper
}

// stopper keeps something from happening, if it has not yet.
type stopper interface{ Stop() bool }

type systemClock struct{}

func (systemClock) now() time.Time { return time.Now() }

func (systemClock) after(d time.Duration, act func()) stopper { return time.AfterFunc(d, act) }

func (d *Dispatcher) since(moment time.Time) time.Duration { return d.clock.now().Sub(moment) }
