package openruntimes

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"runtimekit/gateway/internal/frames"
)

const (
	// controlPrefix begins the headers that are for the server, not for the function (V12).
	controlPrefix = "x-open-runtimes-"
	// defaultTimeout is how long a function may take if the request does not say it (V8).
	defaultTimeout = 900 * time.Second
	// maxTimeout is what longer times count as.
	maxTimeout = 365 * 24 * time.Hour
	// maxID is how long a log id may be (V10).
	maxID = 64
)

// control is what the headers for the server say. Their bytes are the head's.
type control struct {
	secret  []byte
	secrets int
	timeout string
	logging string
	id      string
}

// readHeaders reads the lines of a head: headers for the server into c, the others in the order of their first
// appearance (V12, V19).
func (p *Protocol) readHeaders(lines []byte, c *control) []frames.Field {
	headers := make([]frames.Field, 0, 16)
	for {
		line, rest, _ := bytes.Cut(lines, []byte("\r\n"))
		if len(line) == 0 {
			return headers
		}
		lines = rest
		rawName, rawValue, _ := bytes.Cut(line, []byte(":"))
		name, value := strings.ToLower(string(rawName)), bytes.Trim(rawValue, " \t")
		switch {
		case strings.HasPrefix(name, controlPrefix):
			c.read(name[len(controlPrefix):], value)
		case name == "authorization" && p.isExecutors(value):
		default:
			headers = join(headers, name, text(value))
		}
	}
}

// read notes one header for the server. Of several with one name, all count: they are joined as others are.
func (c *control) read(name string, value []byte) {
	var known *string
	switch name {
	case "secret":
		c.secret, c.secrets = value, c.secrets+1
		return
	case "timeout":
		known = &c.timeout
	case "logging":
		known = &c.logging
	case "log-id":
		known = &c.id
	default:
		return
	}
	if *known != "" {
		*known += ", "
	}
	*known += string(value)
}

// isExecutors reports whether an Authorization header is the executor's, which says the secret once more (V7).
func (p *Protocol) isExecutors(value []byte) bool {
	scheme, credentials, _ := bytes.Cut(value, []byte(" "))
	return bytes.EqualFold(scheme, []byte("basic")) && string(bytes.TrimLeft(credentials, " ")) == p.executors
}

// join adds a header. Several of one name become one (V19).
func join(headers []frames.Field, name, value string) []frames.Field {
	for i := range headers {
		if headers[i].Name == name {
			separator := ", "
			if name == "cookie" {
				separator = "; "
			}
			headers[i].Value += separator + value
			return headers
		}
	}
	return append(headers, frames.Field{Name: name, Value: value})
}

// text returns what was sent as text. What is not UTF-8 is read as ISO 8859-1, as headers were once defined.
func text(sent []byte) string {
	if utf8.Valid(sent) {
		return string(sent)
	}
	runes := make([]rune, len(sent))
	for i, c := range sent {
		runes[i] = rune(c)
	}
	return string(runes)
}

// time returns how long the function may take (V8). It reports false for a header that is no whole number above 0.
func (c *control) time() (time.Duration, bool) {
	if c.timeout == "" {
		return defaultTimeout, true
	}
	if strings.Trim(c.timeout, "0123456789") != "" {
		return 0, false
	}
	seconds, err := strconv.Atoi(c.timeout)
	if err != nil || seconds > int(maxTimeout.Seconds()) { // more digits than an int has
		return maxTimeout, true
	}
	return time.Duration(seconds) * time.Second, seconds > 0
}

// chooseID returns the id of the request's log files, "" if nothing is logged (V9, V10).
func (c *control) chooseID(development bool) string {
	switch {
	case c.logging != "" && c.logging != "enabled":
		return ""
	case isID(c.id):
		return c.id
	case development:
		return "dev"
	}
	return newID(time.Now())
}

// isID reports whether a log id can be a part of a file's name.
func isID(id string) bool {
	for i := range len(id) {
		c := id[i]
		switch {
		case c|0x20 >= 'a' && c|0x20 <= 'z', c >= '0' && c <= '9', c == '_', c == '-':
		case c == '.' && i > 0:
		default:
			return false
		}
	}
	return id != "" && len(id) <= maxID
}

// newID returns a fresh log id of 20 characters: 8 of the second, 5 of its fraction, 7 by chance, all hexadecimal.
func newID(now time.Time) string {
	return fmt.Sprintf("%08x%05x%07x", uint32(now.Unix()), now.Nanosecond()/1000, rand.Uint32()>>4)
}
