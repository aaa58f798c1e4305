package metrics

import (
	"strings"
	"testing"
	"time"

	"runtimekit/gateway/internal/http1"
)

func TestBucketsHoldWhatIsNotAboveTheirBound(t *testing.T) {
	var r Requests
	for _, took := range []time.Duration{0, time.Millisecond, time.Millisecond + 1, time.Hour} {
		r.Count(http1.Answered, 200, took)
	}
	r.Count(http1.Refused, 401, time.Second) // the function was not called: no seconds of it
	got := string(Text(&r, nil))
	for _, line := range []string{
		`runtime_request_seconds_bucket{le="0.001"} 2`, `runtime_request_seconds_bucket{le="0.0025"} 3`,
		`runtime_request_seconds_bucket{le="900"} 3`, `runtime_request_seconds_bucket{le="+Inf"} 4`,
		"runtime_request_seconds_count 4", `runtime_requests_total{result="answered",status="2xx"} 4`,
		`runtime_requests_total{result="refused",status="4xx"} 1`, `runtime_requests_total{result="failed",status="5xx"} 0`,
	} {
		if !strings.Contains(got, line+"\n") {
			t.Errorf("no line %q in\n%s", line, got)
		}
	}
}

func TestCountingNeedsNoMemory(t *testing.T) {
	var r Requests
	if n := testing.AllocsPerRun(100, func() { r.Count(http1.Answered, 200, time.Second) }); n != 0 {
		t.Errorf("%v allocations for a request", n)
	}
}

func TestFamilies(t *testing.T) {
	got := string(Text(&Requests{}, []Family{
		{"a", "gauge", "What a is.", One(1.5)}, {"b", "counter", "What b is.", []Sample{{`of="x"`, 2e9}}},
	}))
	if want := "# HELP a What a is.\n# TYPE a gauge\na 1.5\n# HELP b What b is.\n# TYPE b counter\nb{of=\"x\"} 2e+09\n"; !strings.HasSuffix(got, want) {
		t.Errorf("got\n%s", got)
	}
}
