// Package openruntimes is the protocol of docs/protocol-v5.md: any request calls the function, which takes a context, and
// answers with status, headers and bytes; errors and logs go to files. It knows nothing of connections or workers.
//
// The numbers V1 to V39 in its comments are those of that page.
package openruntimes

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"net"
	"os"
	"path/filepath"
	"time"

	"runtimekit/gateway/internal/dispatch"
	"runtimekit/gateway/internal/failure"
	"runtimekit/gateway/internal/frames"
	"runtimekit/gateway/internal/http1"
	"runtimekit/gateway/internal/logbook"
)

const (
	healthPath  = "/__opr/health"
	timingsPath = "/__opr/timings"
)

var (
	errUnauthorized = failure.Newf(401, `Unauthorized. Provide correct "x-open-runtimes-secret" header.`)
	errTimeout      = failure.Newf(500, `Header "x-open-runtimes-timeout" must be an integer greater than 0.`).Because(failure.Request)
)

// Settings are what the protocol is told when the server starts.
type Settings struct {
	Secret      string // "": every request is let in (V6)
	Folder      string // of the function
	Entrypoint  string // the function's file in it, "" for a compiled function
	Compiled    bool
	Development bool   // requests without a log id share the id `dev` (V10)
	Headers     string // enforced headers, as JSON (V20)
	Logs        *logbook.Folder
	Timings     *Timings
}

// MainFile returns the path of the function's file, "" for a compiled function. It lies in the function's folder,
// whatever the entrypoint is.
func (s *Settings) MainFile() string {
	if s.Compiled {
		return ""
	}
	return filepath.Join(s.Folder, filepath.Clean("/"+s.Entrypoint))
}

// Protocol makes the protocol's checks and has the function called.
type Protocol struct {
	Settings
	secret     [sha256.Size]byte // a hash, so that the time of a comparison does not depend on the secret's length
	executors  string            // the Authorization header that says the secret once more (V7)
	enforced   []frames.Field
	mainFile   string
	dispatcher *dispatch.Dispatcher
}

// New returns the protocol. The dispatcher calls the function.
func New(s Settings, d *dispatch.Dispatcher) *Protocol {
	return &Protocol{
		Settings: s, secret: sha256.Sum256([]byte(s.Secret)), enforced: enforcedHeaders(s.Headers), dispatcher: d,
		mainFile: s.MainFile(), executors: base64.StdEncoding.EncodeToString([]byte("opr:" + s.Secret)),
	}
}

// Admit makes the checks that need no body: health and timings, secret, timeout, announced size (V2).
func (p *Protocol) Admit(h *http1.Head) (func(*http1.Body, net.Conn) http1.Response, *http1.Response) {
	switch h.Path {
	case healthPath:
		return nil, own("OK")
	case timingsPath:
		return nil, own(p.Timings.Text())
	}
	since := time.Now()
	var c control
	headers := p.readHeaders(h.Fields, &c)
	if !p.authorized(&c) {
		return nil, plain(errUnauthorized)
	}
	timeout, ok := c.time()
	switch {
	case !ok:
		return nil, plain(errTimeout)
	case h.Length > http1.MaxBody:
		r := p.Refuse(http1.ErrTooLarge)
		return nil, &r
	case h.Method == "CONNECT":
		r := p.Refuse(failure.Newf(405, "this server is no proxy"))
		return nil, &r
	}
	fields, f := describe(h, headers)
	if f != nil {
		r := p.Refuse(f)
		return nil, &r
	}
	if h.GivenID != "" {
		headers = give(headers, "x-request-id", h.GivenID)
	}
	fields.Headers = p.enforce(headers)
	id := c.chooseID(p.Development)
	fields.Logging = id != ""
	encoded := fields.Encode() // now: what the head refers to is gone once the body is read
	book := p.Logs.Book(id, h.GivenID)
	return func(body *http1.Body, client net.Conn) http1.Response {
		return p.call(encoded, dispatch.Task{Timeout: timeout, Since: since, Body: body, Client: client, Book: book})
	}, nil
}

// Refuse returns the answer that tells a client why its request did not reach the function.
func (p *Protocol) Refuse(f *failure.Error) http1.Response { return *plain(f) }

// plain returns the answer to a request that does not reach the function.
func plain(f *failure.Error) *http1.Response {
	return &http1.Response{Status: f.Code, ContentType: http1.ContentText, Body: []byte(f.Message), Failure: f}
}

// own returns what the server tells of itself.
func own(text string) *http1.Response {
	return &http1.Response{Status: 200, ContentType: http1.ContentText, Body: []byte(text), Own: true}
}

// Authorize makes the check of the secret alone (V5).
func (p *Protocol) Authorize(h *http1.Head) *http1.Response {
	var c control
	p.readHeaders(h.Fields, &c)
	if !p.authorized(&c) {
		return plain(errUnauthorized)
	}
	return nil
}

// authorized compares the secret in constant time (V5). Without a secret everybody is let in (V6).
func (p *Protocol) authorized(c *control) bool {
	if p.Secret == "" {
		return true
	}
	sum := sha256.Sum256(c.secret)
	return subtle.ConstantTimeCompare(sum[:], p.secret[:]) == 1 && c.secrets == 1
}

// call has a worker answer a request. It takes over the body's memory.
func (p *Protocol) call(fields []byte, t dispatch.Task) http1.Response {
	body := t.Body
	defer body.Release()
	t.File, t.Message = p.mainFile, frames.NewCall(fields, body.Data)
	body.Data = nil // from here on only the message refers to the memory
	book := t.Book
	answer, err := p.dispatcher.Call(t)
	t.Message = nil
	r, err := respond(answer, err)
	if err != nil {
		f := failureOf(err)
		r = http1.Response{Status: statusOf(f), ContentType: http1.ContentText, Reserved: answer.Reserved, Failure: f}
		book.Entry(logbook.Errors, []byte(p.explain(f)))
	}
	book.Close() // before the answer: who gets it reads the files at once (V13)
	r.Header += "x-open-runtimes-log-id: " + book.ID() + "\r\n"
	return r
}

func failureOf(err error) *failure.Error {
	if f, ok := err.(*failure.Error); ok {
		return f
	}
	return failure.Newf(500, "%v", err)
}

// statusOf returns the status of the answer to a request that has failed (V33, V35).
func statusOf(f *failure.Error) int {
	if f.Cause == failure.Load || f.Code == 503 {
		return 503
	}
	return 500
}

// explain returns what the errors file says of a failure (V29, V32 to V35).
func (p *Protocol) explain(f *failure.Error) string {
	switch f.Cause {
	case failure.Timeout:
		return "Execution timed out."
	case failure.Silent:
		return "Return statement missing. return context.res.empty() if no response is expected."
	case failure.Load:
		if p.Compiled {
			break
		}
		if p.Entrypoint == "" {
			return "Failed to load entrypoint, OPEN_RUNTIMES_ENTRYPOINT is not set."
		}
		if _, err := os.Stat(p.mainFile); err != nil {
			return "Failed to load entrypoint, file " + p.Entrypoint + " does not exist."
		}
	}
	return f.Message
}
