package server

import (
	"runtimekit/gateway/internal/http1"
	"runtimekit/gateway/internal/limits"
	"runtimekit/gateway/internal/metrics"
)

// metrics answers a request for the numbers, which needs the key as every request does.
func (s *Server) metrics(h *http1.Head) http1.Response {
	if r := s.protocol.Authorize(h); r != nil {
		return *r
	}
	return http1.Response{
		Status: 200, ContentType: metrics.ContentType, Own: true, Body: metrics.Text(s.observer.Metrics, s.families()),
	}
}

// families returns the numbers of workers, queues and memory.
func (s *Server) families() []metrics.Family {
	d := s.dispatcher.State()
	loaded := 0.0
	if d.Loaded {
		loaded = 1
	}
	held := func(free, all int) float64 { return float64(all - free) }
	return []metrics.Family{
		{Name: "runtime_function_loaded", Kind: "gauge", Help: "1 if a worker has loaded the function, else 0.", Samples: metrics.One(loaded)},
		{Name: "runtime_workers", Kind: "gauge", Help: "Worker processes, by what they do.", Samples: []metrics.Sample{
			{Label: `state="loading"`, Value: float64(d.Loading)}, {Label: `state="template"`, Value: float64(d.Templates)},
			{Label: `state="idle"`, Value: float64(d.Idle)}, {Label: `state="busy"`, Value: float64(d.Busy)},
			{Label: `state="ending"`, Value: float64(d.Ending)},
		}},
		{Name: "runtime_worker_starts_total", Kind: "counter", Help: "Workers that were started.", Samples: metrics.One(float64(d.Started))},
		{Name: "runtime_worker_restarts_total", Kind: "counter", Help: "Workers that crashed, overran their time or could not load the function. Another one takes the place of each.", Samples: metrics.One(float64(d.Lost))},
		{Name: "runtime_requests_running", Kind: "gauge", Help: "Requests that a worker has.", Samples: metrics.One(float64(d.Running))},
		{Name: "runtime_requests_waiting", Kind: "gauge", Help: "Requests that wait for a worker.", Samples: metrics.One(float64(d.Waiting))},
		{Name: "runtime_connections", Kind: "gauge", Help: "Open connections of clients.", Samples: metrics.One(float64(s.connections.count()))},
		{Name: "runtime_bytes_held", Kind: "gauge", Help: "Bytes of bodies and answers in flight; those of up to 4 KiB do not count.", Samples: []metrics.Sample{
			{Label: `of="bodies"`, Value: held(s.bodies.Free(), limits.BodyBudget)},
			{Label: `of="answers"`, Value: held(s.answers.Free(), limits.AnswerBudget)},
		}},
		{Name: "runtime_bytes_limit", Kind: "gauge", Help: "The most that there may be of them; what does not fit waits.", Samples: []metrics.Sample{
			{Label: `of="bodies"`, Value: limits.BodyBudget}, {Label: `of="answers"`, Value: limits.AnswerBudget},
		}},
	}
}
