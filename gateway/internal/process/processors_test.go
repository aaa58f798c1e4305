package process

import (
	"testing"
	"time"
)

func TestOneProcessorWhileItIsEnough(t *testing.T) {
	for _, c := range []struct {
		what      string
		now, most int
		several   bool
		wanted    float64
		since     time.Duration
		want      int
	}{
		{"many clients, little work", 1, 4, true, 0.5, time.Hour, 1},
		{"many clients", 1, 4, true, 0.95, time.Hour, 2},
		{"one client, and others that want the CPU", 1, 4, false, 0.95, time.Hour, 1},
		{"still too few", 2, 3, true, 1.9, time.Second, 3},
		{"enough now", 2, 4, true, 1.2, time.Second, 2},
		{"all there are", 4, 4, true, 4, time.Second, 4},
		{"perhaps one would do by now", 4, 4, true, 4, retrySpan, 1},
		{"only one client is left", 4, 4, false, 4, time.Second, 1},
	} {
		if got := next(c.now, c.most, c.several, c.wanted, c.since); got != c.want {
			t.Errorf("%s: %d, want %d", c.what, got, c.want)
		}
	}
}
