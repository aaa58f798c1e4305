package http1

import "runtimekit/gateway/internal/failure"

// Result is what has become of a request, for those who count and log requests.
type Result int

// The results. Results is how many there are.
const (
	Answered   Result = iota // the function has answered, whatever its status
	Failed                   // the function threw, crashed, or answered with what cannot be sent
	TimedOut                 // the function overran its time
	NotLoaded                // the function could not be loaded
	Refused                  // the request is not one that reaches the function: malformed, without the key, too large …
	TurnedAway               // too many wait, or the server stops
	Results
)

var resultNames = [Results]string{"answered", "failed", "timed_out", "not_loaded", "refused", "turned_away"}

func (r Result) String() string { return resultNames[r] }

// Called reports whether the function was called.
func (r Result) Called() bool { return r <= TimedOut }

// Result returns what the response says of its request.
func (r *Response) Result() Result {
	f := r.Failure
	switch {
	case f == nil:
		return Answered
	case f.Cause == failure.Timeout:
		return TimedOut
	case f.Cause == failure.Load:
		return NotLoaded
	case f.Cause == failure.Request:
		return Refused
	case f.Code == failure.ErrOverloaded.Code:
		return TurnedAway
	case f.Code == 500:
		return Failed
	}
	return Refused
}
