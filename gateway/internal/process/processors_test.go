package process

import (
	"testing"
	"time"
)

func TestOneProcessorWhileItIsEnough(t *testing.T) {
	for _, c := range []struct {
		what      string
		now, most int
		used      float64
		since     time.Duration
		want      int
	}{
		{"at rest", 1, 4, 0, time.Hour, 1},
		{"one client", 1, 4, 0.6, time.Hour, 1},
		{"many clients", 1, 4, 0.95, time.Hour, 2},
		{"still too few", 2, 4, 1.9, time.Second, 3},
		{"enough now", 2, 4, 1.2, time.Second, 2},
		{"all there are", 4, 4, 4, time.Second, 4},
		{"perhaps one would do by now", 4, 4, 4, retrySpan, 1},
	} {
		if got := next(c.now, c.most, c.used, c.since); got != c.want {
			t.Errorf("%s: %d, want %d", c.what, got, c.want)
		}
	}
}
