package e2e

import (
	"fmt"
	"io"
	"net/http"
	"sort"
	"strings"
	"testing"
	"time"
)

// The contract's budget S1 is for one client: BenchmarkCall reports the median and the 99th percentile, in µs.
func BenchmarkCall(b *testing.B) {
	for _, mode := range []string{"serial", "shared"} {
		b.Run(mode, func(b *testing.B) {
			g := startGateway(b, mode).ready()
			client := &http.Client{Transport: &http.Transport{}}
			times := make([]time.Duration, 0, b.N)
			for b.Loop() {
				begin := time.Now()
				request, _ := http.NewRequest("POST", "http://"+g.address, strings.NewReader(`{"payload":"status 200"}`))
				request.Header.Set("X-Internal-Challenge", testKey)
				r, err := client.Do(request)
				if err != nil || r.StatusCode != 200 {
					b.Fatal(fmt.Sprint(r, err))
				}
				_, _ = io.Copy(io.Discard, r.Body)
				r.Body.Close()
				times = append(times, time.Since(begin))
			}
			sort.Slice(times, func(i, j int) bool { return times[i] < times[j] })
			b.ReportMetric(float64(times[len(times)/2].Microseconds()), "p50-µs")
			b.ReportMetric(float64(times[len(times)*99/100].Microseconds()), "p99-µs")
		})
	}
}
