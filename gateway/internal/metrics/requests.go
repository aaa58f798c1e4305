// Package metrics counts requests, and writes numbers in the text format that Prometheus reads. It knows nothing of
// connections or workers: who has numbers of them hands them in.
package metrics

import (
	"sync/atomic"
	"time"

	"runtimekit/gateway/internal/http1"
)

// bounds are the upper bounds of the histogram's buckets. Above the last one there is one more bucket.
var bounds = [...]time.Duration{
	time.Millisecond, 2500 * time.Microsecond, 5 * time.Millisecond, 10 * time.Millisecond, 25 * time.Millisecond,
	50 * time.Millisecond, 100 * time.Millisecond, 250 * time.Millisecond, 500 * time.Millisecond, time.Second,
	2500 * time.Millisecond, 5 * time.Second, 10 * time.Second, 30 * time.Second, time.Minute, 5 * time.Minute, 15 * time.Minute,
}

// classes is how many classes of statuses there are: 2xx to 5xx.
const classes = 4

// usual tells which classes of statuses each result has for sure. They are written though nothing was counted yet, so
// that the first request is seen as an increase.
var usual = [http1.Results][classes]bool{
	http1.Answered:   {true, true, true, true},
	http1.Failed:     {3: true},
	http1.TimedOut:   {3: true},
	http1.NotLoaded:  {3: true},
	http1.Refused:    {2: true},
	http1.TurnedAway: {3: true},
}

// Requests counts the requests that were answered, and how long those took for which the function was called. The zero
// value has counted none. Many goroutines may use it at once.
type Requests struct {
	counts      [http1.Results][classes]atomic.Uint64
	buckets     [len(bounds) + 1]atomic.Uint64
	nanoseconds atomic.Int64
}

// Count counts a request.
func (r *Requests) Count(result http1.Result, status int, took time.Duration) {
	r.counts[result][min(max(status/100-2, 0), classes-1)].Add(1)
	if !result.Called() {
		return
	}
	bucket := 0
	for bucket < len(bounds) && took > bounds[bucket] {
		bucket++
	}
	r.buckets[bucket].Add(1)
	r.nanoseconds.Add(took.Nanoseconds())
}

// write appends what was counted.
func (r *Requests) write(t *text) {
	t.family("runtime_requests_total", "counter", "Requests that were answered, by what became of them and the answer's status.")
	for result := range http1.Results {
		for class := range classes {
			if n := r.counts[result][class].Load(); n > 0 || usual[result][class] {
				t.sample(`{result="`+result.String()+`",status="`+string(rune('2'+class))+`xx"}`, float64(n))
			}
		}
	}
	const name = "runtime_request_seconds"
	t.family(name, "histogram", "Seconds from a request's head to its answer, of requests for which the function was called.")
	sum := uint64(0)
	for i, bound := range bounds {
		sum += r.buckets[i].Load()
		t.part("_bucket", `{le="`+number(bound.Seconds())+`"}`, float64(sum))
	}
	sum += r.buckets[len(bounds)].Load()
	t.part("_bucket", `{le="+Inf"}`, float64(sum))
	t.part("_sum", "", time.Duration(r.nanoseconds.Load()).Seconds())
	t.part("_count", "", float64(sum))
}
