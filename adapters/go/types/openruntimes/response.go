package openruntimes

import "fmt"

// Response is what a function returns.
type Response struct {
	Body       []byte
	StatusCode int
	// Headers of the answer. Several cookies are lines of one value of set-cookie (V31).
	Headers map[string]string

	hasStatus bool // StatusCode was chosen, even if it is 0
}

// New returns a copy, for options to change.
func (r Response) New() *Response { return &r }

// Status returns the status of the answer: 200 if none was chosen.
func (r Response) Status() int {
	if r.StatusCode == 0 && !r.hasStatus {
		return 200
	}
	return r.StatusCode
}

// ResponseOption sets a part of a response.
type ResponseOption func(*Response)

// ContextResponse makes what a function returns (V27).
type ContextResponse struct{}

// WithHeaders is the option that sets headers.
func (ContextResponse) WithHeaders(headers map[string]string) ResponseOption {
	return func(r *Response) { r.Headers = headers }
}

// WithStatusCode is the option that sets the status.
func (ContextResponse) WithStatusCode(statusCode int) ResponseOption {
	return func(r *Response) { r.StatusCode, r.hasStatus = statusCode, true }
}

// Binary answers with bytes.
func (ContextResponse) Binary(bytes []byte, options ...ResponseOption) Response {
	r := Response{StatusCode: 200}
	for _, option := range options {
		option(&r)
	}
	headers := make(map[string]string, len(r.Headers)+1) // the caller's own stay as they are
	for name, value := range r.Headers {
		headers[name] = value
	}
	r.Body, r.Headers = bytes, headers
	return r
}

// Text answers with text.
func (c ContextResponse) Text(body string, options ...ResponseOption) Response {
	return c.Binary([]byte(body), options...)
}

// Send is the old name of Text.
func (c ContextResponse) Send(body string, options ...ResponseOption) Response {
	return c.Text(body, options...)
}

// Json answers with a value as encoding/json writes it. It panics if that cannot hold it.
func (c ContextResponse) Json(value interface{}, options ...ResponseOption) Response {
	body, err := encode(value)
	if err != nil {
		panic(fmt.Errorf("Res.Json: %w", err))
	}
	r := c.Binary(body, options...)
	r.Headers["content-type"] = "application/json"
	return r
}

// Empty answers with nothing: 204.
func (c ContextResponse) Empty() Response { return c.Text("", c.WithStatusCode(204)) }

// Redirect sends the client to another URL: 301 unless an option says otherwise.
func (c ContextResponse) Redirect(url string, options ...ResponseOption) Response {
	r := c.Text("", append([]ResponseOption{c.WithStatusCode(301)}, options...)...)
	r.Headers["location"] = url
	return r
}
