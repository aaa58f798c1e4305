package dispatch

import (
	"net"
	"time"

	"runtimekit/gateway/internal/frames"
	"runtimekit/gateway/internal/http1"
	"runtimekit/gateway/internal/logbook"
)

// Task is one call of a function.
//
// The time of a call runs while its function runs (contract R7). If Since is set, it runs from then on until the answer
// comes, whatever the call waits for.
type Task struct {
	File    string         // the function's file, "" for a compiled one
	Message frames.Message // what the worker is told
	Timeout time.Duration  // how long the function may take
	Since   time.Time      // when the request came, zero if that does not matter
	Body    *http1.Body    // the memory that Message shares
	Client  net.Conn       // the connection that the request came from, nil if it cannot be watched
	Book    *logbook.Book  // takes what the function logs, nil for functions that take no context
}
