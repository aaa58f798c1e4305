package server

import (
	"context"
	"encoding/hex"
	"log/slog"
	"math/rand/v2"
	"strings"
	"time"

	"runtimekit/gateway/internal/failure"
	"runtimekit/gateway/internal/http1"
	"runtimekit/gateway/internal/metrics"
)

const (
	// metricsPath is where the numbers are, if the server has been told to count.
	metricsPath = "/__runtime/metrics"
	// idHeader is the header of a request's id, in requests and in answers.
	idHeader = "x-request-id: "
	// maxID is how long an id may be that a client has sent.
	maxID = 128
)

// Observer notes what becomes of requests. A server without one spends no time on it.
type Observer struct {
	Log     *slog.Logger      // gets one line for each request, which has an id then; nil: none
	Metrics *metrics.Requests // counts requests, which metricsPath shows; nil: none
}

// exchange is one request and its answer, as an observer sees them.
type exchange struct {
	began time.Time
	id    string // "" if requests have none
}

// begin notes that a request has come. The head is nil if it has no well-formed one.
func (o *Observer) begin(h *http1.Head) exchange {
	if o == nil {
		return exchange{}
	}
	e := exchange{began: time.Now()}
	if o.Log == nil {
		return e
	}
	if h == nil || h.IDs != 1 || !isID(h.ID) {
		e.id = newID()
	} else {
		e.id = string(h.ID)
	}
	if h != nil {
		h.GivenID = e.id
	}
	return e
}

// label gives the request's id back in its answer.
func (o *Observer) label(e exchange, r *http1.Response) {
	if e.id != "" {
		r.Header = withoutID(r.Header) + idHeader + e.id + "\r\n"
	}
}

// end notes what has become of a request. The head is nil if it has no well-formed one.
func (o *Observer) end(e exchange, h *http1.Head, r *http1.Response) {
	if o == nil || r.Own {
		return
	}
	took, result := time.Since(e.began), r.Result()
	if o.Metrics != nil {
		o.Metrics.Count(result, r.Status, took)
	}
	if o.Log == nil {
		return
	}
	attributes := make([]slog.Attr, 0, 8)
	attributes = append(attributes, slog.String("request_id", e.id))
	if h != nil {
		attributes = append(attributes, slog.String("method", failure.Clip(h.Method)), slog.String("path", failure.Clip(h.Path)))
	}
	attributes = append(attributes, slog.Int("status", r.Status), slog.String("result", result.String()),
		slog.Float64("seconds", took.Seconds()), slog.Int("bytes", len(r.Body)))
	level := slog.LevelInfo
	if r.Failure != nil {
		message, _, _ := strings.Cut(r.Failure.Message, "\n")
		attributes = append(attributes, slog.String("error", failure.Clip(message)))
		if result != http1.Refused {
			level = slog.LevelError
		}
	}
	o.Log.LogAttrs(context.Background(), level, "request", attributes...)
}

// isMetrics reports whether a request asks for the numbers.
func (o *Observer) isMetrics(h *http1.Head) bool {
	return o != nil && o.Metrics != nil && h.Path == metricsPath && h.Method == "GET"
}

// isID reports whether a text that a client has sent can be a request's id: 1 to 128 letters, digits and -_.:+/=@
// of ASCII.
func isID(sent []byte) bool {
	for _, c := range sent {
		letter := c|0x20 >= 'a' && c|0x20 <= 'z'
		if !letter && !(c >= '0' && c <= '9') && strings.IndexByte("-_.:+/=@", c) < 0 {
			return false
		}
	}
	return len(sent) > 0 && len(sent) <= maxID
}

// newID returns a fresh id of 32 hexadecimal digits.
func newID() string {
	var bytes [16]byte
	for i := range bytes {
		bytes[i] = byte(rand.Uint32())
	}
	return hex.EncodeToString(bytes[:])
}

// withoutID returns header lines without an id that the function has set.
func withoutID(lines string) string {
	if !strings.Contains(lines, idHeader) {
		return lines
	}
	kept := ""
	for line := range strings.Lines(lines) {
		if !strings.HasPrefix(line, idHeader) {
			kept += line
		}
	}
	return kept
}
