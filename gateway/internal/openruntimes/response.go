package openruntimes

import (
	"strings"

	"runtimekit/gateway/internal/dispatch"
	"runtimekit/gateway/internal/failure"
	"runtimekit/gateway/internal/http1"
)

// ours are the headers that the server writes itself, or that are about a connection which is not the function's. What
// the function says of them is dropped.
var ours = map[string]bool{
	"content-length": true, "transfer-encoding": true, "connection": true, "keep-alive": true, "upgrade": true,
	"trailer": true, "date": true,
}

// respond returns the response with a function's answer (V30). The error of a call is its own.
func respond(a dispatch.Answer, err error) (http1.Response, error) {
	if err != nil {
		return http1.Response{}, err
	}
	r := http1.Response{Status: a.Status, ContentType: contentType(""), Body: a.Body, Reserved: a.Reserved}
	var lines strings.Builder
	for _, header := range a.Headers {
		name, ok := lowerName(header.Name)
		if !ok {
			return r, failure.Newf(500, "the function's answer has a header with the name %q, which HTTP does not allow", failure.Clip(header.Name))
		}
		if !isValue(header.Value) {
			return r, failure.Newf(500, "the header %s of the function's answer has a control character in its value", name)
		}
		switch {
		case name == "content-type":
			r.ContentType = contentType(header.Value)
		case ours[name] || strings.HasPrefix(name, controlPrefix):
		default:
			lines.WriteString(name)
			lines.WriteString(": ")
			lines.WriteString(header.Value)
			lines.WriteString("\r\n")
		}
	}
	r.Header = lines.String()
	return r, nil
}

// lowerName returns a header's name in lower case, and whether it is a name.
func lowerName(name string) (string, bool) {
	return strings.ToLower(name), http1.IsToken(name)
}

// isValue reports whether a header can have the value: no line end, no other control character.
func isValue(value string) bool {
	for i := range len(value) {
		if c := value[i]; c < ' ' && c != '\t' || c == 0x7f {
			return false
		}
	}
	return true
}

// contentType completes the content type of an answer: text/plain if it has none, in lower case, with a character set
// unless it names one, or has parts, whose boundary must stay as it is (V30).
func contentType(value string) string {
	lower := strings.ToLower(value)
	switch {
	case strings.HasPrefix(lower, "multipart/"):
		return value
	case lower == "":
		lower = "text/plain"
	}
	if !strings.Contains(lower, "charset=") {
		lower += "; charset=utf-8"
	}
	return lower
}
