package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"unicode/utf8"
)

// maxMessage is where an error's message is cut (contract E2).
const maxMessage = 8 << 10

// failure is an error of the contract: an HTTP status and a text, answered as {"code", "message"} (contract §5).
type failure struct {
	code    int
	message string
}

func (f *failure) Error() string { return f.message }

// fail makes a failure with a formatted message.
func fail(code int, format string, arguments ...any) *failure {
	return &failure{code, fmt.Sprintf(format, arguments...)}
}

// body is the failure's JSON: exactly two keys, valid UTF-8, the message cut at 8 KiB (contract E2).
func (f *failure) body() []byte {
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	// Two plain fields: encoding cannot fail.
	_ = encoder.Encode(struct {
		Code    int    `json:"code"`
		Message string `json:"message"`
	}{f.code, cleanMessage(f.message)})
	return bytes.TrimRight(text.Bytes(), "\n")
}

// cleanMessage makes a message valid UTF-8 of at most 8 KiB, cut between characters.
func cleanMessage(message string) string {
	message = strings.ToValidUTF8(message, "\uFFFD")
	if len(message) <= maxMessage {
		return message
	}
	end := maxMessage
	for !utf8.RuneStart(message[end]) {
		end--
	}
	return message[:end]
}
