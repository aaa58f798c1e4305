// Package openruntimes has the types of functions, for editors and tests. When the function is built, the runtime's own
// package takes the place of this one. Without the line `replace` in go.mod, the public module of this name does.
package openruntimes

import (
	"encoding/json"
	"fmt"
)

// Context is what Main is called with.
type Context struct {
	Req ContextRequest
	Res ContextResponse
}

// Log adds an entry to the request's logs.
func (*Context) Log(messages ...any) { fmt.Println(messages...) }

// Error adds an entry to the request's errors.
func (*Context) Error(messages ...any) { fmt.Println(messages...) }

// ContextRequest is the request. Names of headers are in lower case; path and query are not decoded.
type ContextRequest struct {
	Method, Scheme, Host, Path, QueryString, Url string

	Port    int
	Query   map[string]string
	Headers map[string]string

	body []byte
}

// SetBodyBinary sets the body, for tests.
func (r *ContextRequest) SetBodyBinary(bytes []byte) { r.body = bytes }

// BodyBinary returns the body's bytes.
func (r ContextRequest) BodyBinary() []byte { return r.body }

// BodyText returns the body as text.
func (r ContextRequest) BodyText() string { return string(r.body) }

// BodyJson parses the body into what v points to.
func (r ContextRequest) BodyJson(v any) error { return json.Unmarshal(r.body, v) }

// Response is what Main returns.
type Response struct {
	Body       []byte
	StatusCode int
	Headers    map[string]string
}

// ResponseOption sets a part of a response.
type ResponseOption func(*Response)

// ContextResponse makes responses.
type ContextResponse struct{}

// WithStatusCode sets the status.
func (ContextResponse) WithStatusCode(status int) ResponseOption {
	return func(r *Response) { r.StatusCode = status }
}

// WithHeaders sets the headers. Several cookies are lines of one value of set-cookie.
func (ContextResponse) WithHeaders(headers map[string]string) ResponseOption {
	return func(r *Response) { r.Headers = headers }
}

// Binary answers with bytes.
func (ContextResponse) Binary(bytes []byte, options ...ResponseOption) Response {
	r := Response{Body: bytes, StatusCode: 200}
	for _, option := range options {
		option(&r)
	}
	return r
}

// Text answers with text.
func (c ContextResponse) Text(text string, options ...ResponseOption) Response {
	return c.Binary([]byte(text), options...)
}

// Json answers with a value.
func (c ContextResponse) Json(value any, options ...ResponseOption) Response {
	body, err := json.Marshal(value)
	if err != nil {
		panic(err)
	}
	return c.Binary(body, options...)
}

// Empty answers with nothing: 204.
func (c ContextResponse) Empty() Response { return c.Text("", c.WithStatusCode(204)) }

// Redirect sends the client to another URL: 301 unless an option says otherwise.
func (c ContextResponse) Redirect(url string, options ...ResponseOption) Response {
	r := c.Text("", append([]ResponseOption{c.WithStatusCode(301)}, options...)...)
	r.Headers = map[string]string{"location": url}
	return r
}
