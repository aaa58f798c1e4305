package dispatch

import (
	"net"
	"time"

	"runtimekit/gateway/internal/frames"
	"runtimekit/gateway/internal/http1"
)

// Task is one call of a function.
type Task struct {
	File    string         // the function's file, "" for a compiled one
	Message frames.Message // what the worker is told
	Timeout time.Duration  // how long the function may take
	Body    *http1.Body    // the memory that Message shares
	Client  net.Conn       // the connection that the request came from, nil if it cannot be watched
}
