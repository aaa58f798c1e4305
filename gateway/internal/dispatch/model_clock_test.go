package dispatch

import (
	"slices"
	"time"
)

// modelTimer is a timer of the model's clock, whose time passes only in tick.
type modelTimer struct {
	at  time.Time
	act func()
	m   *model
}

func (m *model) now() time.Time { return m.time }

func (m *model) after(d time.Duration, act func()) stopper {
	timer := &modelTimer{m.time.Add(d), act, m}
	m.timers = append(m.timers, timer)
	return timer
}

func (t *modelTimer) Stop() bool {
	i := slices.Index(t.m.timers, t)
	if i < 0 {
		return false
	}
	t.m.timers = slices.Delete(t.m.timers, i, i+1)
	return true
}

func (m *model) tick() {
	next := m.timers[0]
	for _, timer := range m.timers {
		if timer.at.Before(next.at) {
			next = timer
		}
	}
	m.note("tick %v", next.at.Sub(m.time))
	m.time = next.at
	next.Stop()
	m.late = append(m.late, next)
}

func (m *model) act() {
	next := m.late[0]
	m.late = m.late[1:]
	next.act()
}
