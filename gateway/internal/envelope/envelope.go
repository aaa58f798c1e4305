// Package envelope reads the JSON body of a request (docs/contract.md R5 to R7): strictly, and in place, so that a body
// of 20 MiB is in memory once. It knows nothing of HTTP, and of the worker protocol only how that writes a map.
package envelope

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/maphash"
	"math"
	"time"
	"unicode/utf8"

	"runtimekit/gateway/internal/failure"
)

// Timeouts of a request (contract R7).
const (
	DefaultTimeout = 15 * time.Second
	MaxTimeout     = 900 * time.Second
)

// Envelope is the body of a request, with defaults filled in (contract R6). Path, File and Payload share the memory of
// the body that they were read from.
type Envelope struct {
	Path    []byte // nil: the default folder
	File    []byte // nil: the recorded entrypoint
	Env     Map
	Headers Map
	Payload []byte
	Timeout time.Duration

	hasEnv    bool
	variables Map // the older name of Env
}

// Map is a map from strings to strings. Pairs holds the keys and values one after the other, each behind its size in
// four bytes, big-endian, as the worker protocol writes them (docs/worker-protocol.md).
type Map struct {
	Count int
	Pairs []byte
}

// Parse reads a request's body and overwrites it with what it decodes (contract R5 to R7, R11). Its error is a
// failure.Error of status 400 that names the field.
func Parse(body []byte) (*Envelope, error) {
	if bytes.HasPrefix(body, []byte("\xEF\xBB\xBF")) {
		return nil, failure.Newf(400, "the body starts with a byte order mark; send plain UTF-8")
	}
	if !utf8.Valid(body) {
		return nil, failure.Newf(400, "the body is not valid UTF-8")
	}
	s := &scanner{data: body}
	e := &Envelope{Timeout: DefaultTimeout}
	if s.space() != '{' {
		if s.pos == len(body) {
			return nil, failure.Newf(400, "the body is empty; it must be a JSON object")
		}
		return nil, failure.Newf(400, "the body must be a JSON object")
	}
	if err := s.members(func(key []byte) error { return e.readField(s, key) }); err != nil {
		return nil, failure.Newf(400, "the body is wrong: %v", err)
	}
	if !e.hasEnv {
		e.Env = e.variables
	}
	if s.space(); s.pos < len(body) {
		return nil, failure.Newf(400, "the body is wrong: %v", s.malformed("nothing behind the object"))
	}
	return e, nil
}

// members reads an object, calling `read` behind the colon of each member. A key that comes twice is an error, and
// every error names its key.
func (s *scanner) members(read func(key []byte) error) error {
	if err := s.expect('{', "an object"); err != nil {
		return err
	}
	if s.space() == '}' {
		s.pos++
		return nil
	}
	var seen keySet
	for {
		key, err := s.text()
		if err != nil {
			return err
		}
		if !seen.add(key) {
			return fmt.Errorf("%s is there twice", quoteKey(key))
		}
		if err := s.expect(':', "a colon"); err != nil {
			return fmt.Errorf("%s: %w", quoteKey(key), err)
		}
		if err := read(key); err != nil {
			return fmt.Errorf("%s: %w", quoteKey(key), err)
		}
		switch s.space() {
		case ',':
			s.pos++
		case '}':
			s.pos++
			return nil
		default:
			return fmt.Errorf("after %s: %w", quoteKey(key), s.malformed("a comma or '}'"))
		}
	}
}

// quoteKey shows a key in a message, long ones cut.
func quoteKey(key []byte) string {
	const most = 100
	if len(key) > most {
		return fmt.Sprintf("%q…", key[:most])
	}
	return fmt.Sprintf("%q", key)
}

// readField reads one member of the envelope. Unknown members are checked and ignored. A member that is null counts as
// absent.
func (e *Envelope) readField(s *scanner, key []byte) error {
	if s.space() == 'n' {
		return s.literal("null")
	}
	var err error
	switch string(key) {
	case "path":
		e.Path, err = s.stringField()
	case "file":
		e.File, err = s.stringField()
	case "env":
		e.hasEnv = true
		err = e.Env.read(s)
	case "variables":
		err = e.variables.read(s)
	case "headers":
		err = e.Headers.read(s)
	case "payload":
		if s.peek() == '"' {
			e.Payload, err = s.text()
		} else {
			e.Payload, err = s.value(1)
		}
	case "timeout":
		err = e.readTimeout(s)
	default:
		_, err = s.value(1)
	}
	return err
}

func (s *scanner) stringField() ([]byte, error) {
	if s.peek() != '"' {
		return nil, s.wrongType("must be a string")
	}
	return s.text()
}

// wrongType returns the error for a value of another type than a rule wants, or the error of a value that is not JSON.
func (s *scanner) wrongType(rule string) error {
	if _, err := s.value(1); err != nil {
		return err
	}
	return fmt.Errorf("%s", rule)
}

func (e *Envelope) readTimeout(s *scanner) error {
	const rule = "must be a number of seconds greater than 0"
	begin := s.pos
	if c := s.peek(); c != '-' && (c < '0' || c > '9') {
		return s.wrongType(rule)
	}
	if err := s.number(); err != nil {
		return err
	}
	seconds := parseSeconds(s.data[begin:s.pos])
	if !(seconds > 0) {
		return fmt.Errorf("%s", rule)
	}
	// At least a nanosecond: 0 would mean no limit to a timer's reader.
	e.Timeout = max(1, time.Duration(math.Min(seconds, MaxTimeout.Seconds())*float64(time.Second)))
	return nil
}

// read reads an object of strings. An empty array counts as an empty object (contract R6).
func (m *Map) read(s *scanner) error {
	const rule = "must map strings to strings"
	if s.peek() == '[' {
		text, err := s.value(1)
		if err == nil && len(text) > 2 {
			err = fmt.Errorf("%s", rule)
		}
		return err
	}
	if s.peek() != '{' {
		return s.wrongType(rule)
	}
	return s.members(func(key []byte) error {
		// The key is copied before the value is read. Decoding the value overwrites only what stands behind the key.
		m.Count++
		m.Pairs = appendText(m.Pairs, key)
		if s.space() != '"' {
			return s.wrongType(rule)
		}
		value, err := s.text()
		m.Pairs = appendText(m.Pairs, value)
		return err
	})
}

// appendText appends a text as the worker protocol has it: its size in four bytes, then its bytes.
func appendText(b, text []byte) []byte {
	b = binary.BigEndian.AppendUint32(b, uint32(len(text)))
	return append(b, text...)
}

var keySeed = maphash.MakeSeed()

// keySet holds the hashes of one object's keys: 64 bits each, with a secret seed, so that nobody can make two keys that
// collide. A short list is enough for small objects.
type keySet struct {
	few  []uint64
	many map[uint64]struct{}
}

// add reports whether the key is new.
func (k *keySet) add(key []byte) bool {
	const limit = 16
	hash := maphash.Bytes(keySeed, key)
	if k.many == nil {
		for _, other := range k.few {
			if other == hash {
				return false
			}
		}
		if k.few = append(k.few, hash); len(k.few) < limit {
			return true
		}
		k.many = make(map[uint64]struct{}, 4*limit)
		for _, other := range k.few {
			k.many[other] = struct{}{}
		}
		return true
	}
	if _, known := k.many[hash]; known {
		return false
	}
	k.many[hash] = struct{}{}
	return true
}
