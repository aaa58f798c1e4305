package process

import (
	"testing"
	"time"
)

func TestOneProcessorWhileItIsEnough(t *testing.T) {
	for _, c := range []struct {
		what      string
		now, most int
		peak      int64
		used      float64
		since     time.Duration
		want      int
	}{
		{"many clients, little work", 1, 4, 32, 0.5, time.Hour, 1},
		{"many clients", 1, 4, 32, 0.95, time.Hour, 2},
		{"one client", 1, 4, 1, 0.95, time.Hour, 1},
		{"a crowd", 1, 4, crowd, 0.1, time.Hour, 4},
		{"still a crowd", 4, 4, crowd, 0.1, retrySpan, 4},
		{"still too few", 2, 3, 32, 1.9, time.Second, 3},
		{"enough now", 2, 4, 32, 1.2, time.Second, 2},
		{"all there are", 4, 4, 32, 4, time.Second, 4},
		{"perhaps one would do by now", 4, 4, 32, 4, retrySpan, 1},
		{"only one client is left", 4, 4, 1, 4, time.Second, 1},
	} {
		if got := next(c.now, c.most, c.peak, c.used, c.since); got != c.want {
			t.Errorf("%s: %d, want %d", c.what, got, c.want)
		}
	}
}
