package openruntimes

import (
	"encoding/json"
	"fmt"
	"strings"
)

// ContextRequest is the request (V19 to V24).
type ContextRequest struct {
	bodyBinary []byte

	Headers     map[string]string
	Method      string
	Url         string
	Path        string
	Port        int
	Scheme      string
	Host        string
	QueryString string
	Query       map[string]string
}

// SetBodyBinary sets the body.
func (r *ContextRequest) SetBodyBinary(bytes []byte) { r.bodyBinary = bytes }

// BodyBinary returns the body's bytes.
func (r ContextRequest) BodyBinary() []byte { return r.bodyBinary }

// BodyText returns the body as text.
func (r ContextRequest) BodyText() string { return strings.ToValidUTF8(string(r.bodyBinary), "\uFFFD") }

// BodyRaw is the old name of BodyText.
func (r ContextRequest) BodyRaw() string { return r.BodyText() }

// BodyJson parses the body into what v points to.
func (r ContextRequest) BodyJson(v interface{}) error {
	if err := json.Unmarshal(r.bodyBinary, v); err != nil {
		return fmt.Errorf("the body cannot be parsed as JSON: %w", err)
	}
	return nil
}

// Body returns the parsed JSON if the Content-Type says so, an empty map for an empty body; else the text. It panics if
// the body is no JSON; BodyJson returns an error.
func (r ContextRequest) Body() interface{} {
	if !strings.HasPrefix(strings.ToLower(r.Headers["content-type"]), "application/json") {
		return r.BodyText()
	}
	if len(r.bodyBinary) == 0 {
		return map[string]interface{}{}
	}
	var value interface{}
	if err := r.BodyJson(&value); err != nil {
		panic(err)
	}
	return value
}
