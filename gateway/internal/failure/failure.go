// Package failure holds the errors that a client is told of: an HTTP status and a message (docs/contract.md §5). It
// knows nothing of HTTP connections; package http1 makes responses of failures.
package failure

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"unicode/utf8"
)

// MaxMessage is where an error's message is cut (contract E2).
const MaxMessage = 8 << 10

// Error is an error of the contract. A client gets it as {"code": …, "message": …} (contract §5).
type Error struct {
	Code    int
	Message string
	Cause   Cause
}

// Cause is what a protocol may have to know of a failure, beside its status.
type Cause int

// The causes that matter.
const (
	Other   Cause = iota
	Load          // the function cannot be loaded
	Timeout       // the request overran its time
	Silent        // the function ended without an answer
	Request       // the request is wrong, whatever the status says
)

// Because returns the same failure with a cause.
func (f *Error) Because(c Cause) *Error { return &Error{f.Code, f.Message, c} }

// Failures that more than one package reports.
var (
	ErrOverloaded = Newf(503, "too many requests wait already; try again later")
	ErrStopping   = Newf(503, "the server is stopping; try again elsewhere")
)

func (f *Error) Error() string { return f.Message }

// Newf returns a failure with an HTTP status and a formatted message.
func Newf(code int, format string, arguments ...any) *Error {
	return &Error{Code: code, Message: fmt.Sprintf(format, arguments...)}
}

// JSON returns the failure as a JSON object of exactly two keys: valid UTF-8, the message cut at MaxMessage (contract
// E2).
func (f *Error) JSON() []byte {
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	// Two plain fields: encoding cannot fail.
	_ = encoder.Encode(struct {
		Code    int    `json:"code"`
		Message string `json:"message"`
	}{f.Code, cleanMessage(f.Message)})
	return bytes.TrimRight(text.Bytes(), "\n")
}

// cleanMessage makes a message valid UTF-8 of at most 8 KiB, cut between characters.
func cleanMessage(message string) string {
	message = strings.ToValidUTF8(message, "\uFFFD")
	if len(message) <= MaxMessage {
		return message
	}
	end := MaxMessage
	for !utf8.RuneStart(message[end]) {
		end--
	}
	return message[:end]
}

// Clip shortens a name for a message, to 200 bytes and an ellipsis.
func Clip(name string) string {
	const most = 200
	if len(name) > most {
		return name[:most] + "…"
	}
	return name
}
