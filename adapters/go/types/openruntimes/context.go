// Package openruntimes has the types of functions that take a context, under the names that functions of the
// open-runtimes protocol import (docs/protocol-v5.md). build.sh puts it in the place of the module of that name.
package openruntimes

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
)

// The kinds of a request's logs.
const (
	LOGGER_TYPE_LOG   = "log"
	LOGGER_TYPE_ERROR = "error"
)

// Context is what a function is called with.
type Context struct {
	logger Logger

	Req ContextRequest
	Res ContextResponse
}

// NewContext returns a context whose entries go to the logger.
func NewContext(logger Logger) Context { return Context{logger: logger} }

// Log adds an entry to the request's logs (V14).
func (c *Context) Log(messages ...interface{}) { c.logger.Write(messages, LOGGER_TYPE_LOG, false) }

// Error adds an entry to the request's errors.
func (c *Context) Error(messages ...interface{}) { c.logger.Write(messages, LOGGER_TYPE_ERROR, false) }

// Log is a message that logs show as it is.
type Log struct {
	Message string
}

// String returns the message.
func (l Log) String() string { return l.Message }

// Logger takes the entries of one request. Without a Sink, as in a function's own tests, nothing is kept.
type Logger struct {
	Enabled bool
	Id      string
	// Sink takes an entry of a kind.
	Sink func(kind string, entry string)
}

// NewLogger returns a logger that keeps nothing: the server has the files.
func NewLogger(status string, id string) (Logger, error) {
	return Logger{Enabled: status == "" || status == "enabled", Id: id}, nil
}

// Write adds one entry. What is printed is not for it to find: the server reads it.
func (l *Logger) Write(messages []interface{}, kind string, _ bool) {
	if !l.Enabled || l.Sink == nil {
		return
	}
	texts := make([]string, len(messages))
	for at, message := range messages {
		texts[at] = describe(message)
	}
	l.Sink(kind, strings.Join(texts, " "))
}

// End makes the logger take no more entries.
func (l *Logger) End() { l.Enabled = false }

// describe returns a value as an entry shows it: texts as they are, errors with all that they have to say, lists, maps
// and structs as JSON, the rest as Go writes it.
func describe(value interface{}) (text string) {
	defer func() {
		if recover() != nil { // what the value has to say of itself is a panic
			text = fmt.Sprintf("%T", value)
		}
	}()
	switch value := value.(type) {
	case string:
		return value
	case []byte:
		return string(value)
	case error:
		return fmt.Sprintf("%+v", value)
	case fmt.Stringer:
		return value.String()
	}
	kind := reflect.ValueOf(value)
	for kind.Kind() == reflect.Ptr && !kind.IsNil() {
		kind = kind.Elem()
	}
	switch kind.Kind() {
	case reflect.Map, reflect.Struct, reflect.Slice, reflect.Array:
		if encoded, err := encode(value); err == nil {
			return string(encoded)
		}
	}
	return fmt.Sprintf("%+v", value)
}

// encode writes a value as compact JSON.
func encode(value interface{}) ([]byte, error) {
	var body bytes.Buffer
	encoder := json.NewEncoder(&body)
	encoder.SetEscapeHTML(false)
	err := encoder.Encode(value)
	return bytes.TrimSuffix(body.Bytes(), []byte("\n")), err
}
