// Package contract is the protocol of docs/contract.md: a POST with a key and a JSON envelope calls the function, and
// every error is JSON. It knows nothing of connections or workers.
package contract

import (
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"net"

	"runtimekit/gateway/internal/dispatch"
	"runtimekit/gateway/internal/envelope"
	"runtimekit/gateway/internal/failure"
	"runtimekit/gateway/internal/files"
	"runtimekit/gateway/internal/frames"
	"runtimekit/gateway/internal/http1"
)

var (
	errUnauthorized = failure.Newf(401, "unauthorized")
	errMethod       = failure.Newf(405, "functions are called with POST")
)

// Protocol makes the contract's checks in their order (R0) and has the function called.
type Protocol struct {
	key        [sha256.Size]byte // a hash, so that the time of a comparison does not depend on the key's length
	files      *files.Resolver
	dispatcher *dispatch.Dispatcher
	answer     func(*http1.Body, net.Conn) http1.Response // made once, so that requests need not make it
}

// New returns the protocol. Callers must send the key (contract R1). The resolver finds the files of the function, the
// dispatcher calls them.
func New(key string, resolver *files.Resolver, d *dispatch.Dispatcher) *Protocol {
	p := &Protocol{key: sha256.Sum256([]byte(key)), files: resolver, dispatcher: d}
	p.answer = p.answerBody
	return p
}

// Admit makes the checks that need no body: method, key, encoding, announced size (contract R0, R1, R3, R10).
func (p *Protocol) Admit(h *http1.Head) (func(*http1.Body, net.Conn) http1.Response, *http1.Response) {
	if h.Method != "POST" {
		if h.Method == "GET" && h.Path == "/healthz" {
			r := p.health()
			return nil, &r
		}
		r := http1.ErrorResponse(errMethod)
		r.Header = "Allow: POST\r\n"
		return nil, &r
	}
	if r := p.Authorize(h); r != nil {
		return nil, r
	}
	var f *failure.Error
	switch {
	case h.Encoded:
		f = failure.Newf(415, "the body must be sent without a Content-Encoding")
	case h.Length > http1.MaxBody:
		f = http1.ErrTooLarge
	default:
		return p.answer, nil
	}
	r := http1.ErrorResponse(f)
	return nil, &r
}

// Refuse returns the answer that tells a client of a failure (contract §5).
func (p *Protocol) Refuse(f *failure.Error) http1.Response { return http1.ErrorResponse(f) }

// Authorize compares the key in constant time (contract R1). It returns nil if it is right, else the answer.
func (p *Protocol) Authorize(h *http1.Head) *http1.Response {
	sum := sha256.Sum256(h.Key)
	if subtle.ConstantTimeCompare(sum[:], p.key[:]) == 1 && h.Keys == 1 {
		return nil
	}
	r := http1.ErrorResponse(errUnauthorized)
	return &r
}

// health answers GET /healthz (contract R10).
func (p *Protocol) health() http1.Response {
	if !p.dispatcher.Healthy() {
		r := http1.ErrorResponse(failure.Newf(503, "no worker has loaded the function"))
		r.Own = true
		return r
	}
	return http1.Response{Status: 200, ContentType: http1.ContentText, Body: []byte("ok\n"), Own: true}
}

func (p *Protocol) answerBody(body *http1.Body, client net.Conn) http1.Response {
	answer, err := p.call(body, client)
	if err != nil {
		var f *failure.Error
		if !errors.As(err, &f) {
			f = failure.Newf(500, "%v", err)
		}
		return http1.ErrorResponse(f)
	}
	r := http1.Response{Status: answer.Status, ContentType: http1.ContentText, Body: answer.Body, Reserved: answer.Reserved}
	if answer.JSON {
		r.ContentType = http1.ContentJSON
	}
	return r
}

// call reads the envelope in a body and has a worker answer it. It takes over the body's memory.
func (p *Protocol) call(body *http1.Body, client net.Conn) (dispatch.Answer, error) {
	defer body.Release()
	e, err := envelope.Parse(body.Data)
	body.Data = nil // from here on only the envelope refers to the memory
	if err != nil {
		return dispatch.Answer{}, err
	}
	file, err := p.files.Resolve(e.Path, e.File)
	if err != nil {
		return dispatch.Answer{}, err
	}
	return p.dispatcher.Call(dispatch.Task{File: file, Message: frames.Request{Envelope: e}, Timeout: e.Timeout, Body: body, Client: client})
}
