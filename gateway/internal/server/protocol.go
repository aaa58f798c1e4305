package server

import (
	"net"

	"runtimekit/gateway/internal/failure"
	"runtimekit/gateway/internal/http1"
)

// Protocol is what differs between the protocols that the gateway speaks: who is let in, how a request becomes a call
// of the function, and what clients are told. The gateway speaks one of them from its start to its end.
type Protocol interface {
	// Admit makes the checks that need no body. It returns what answers the request once its body is there, or, if the
	// body does not matter, the answer. The head is valid until the body is read.
	Admit(h *http1.Head) (Answerer, *http1.Response)
	// Authorize makes the check of the key alone. It returns nil if the request has the right one, else the answer.
	Authorize(h *http1.Head) *http1.Response
	// Refuse returns the answer to a request that could not be read, or that is one too many.
	Refuse(f *failure.Error) http1.Response
}

// Answerer answers a request of a client. It takes over the body's memory.
type Answerer = func(body *http1.Body, client net.Conn) http1.Response
