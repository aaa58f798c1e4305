package main

import (
	"bytes"
	"fmt"
	"hash/maphash"
	"math"
	"time"
	"unicode/utf8"

	"runtimekit/gateway/internal/failure"
)

const (
	defaultTimeout = 15 * time.Second
	maxTimeout     = 900 * time.Second
)

// envelope is the body of a request, with defaults filled in (contract R6). Its fields lie in the body's own memory.
type envelope struct {
	path    []byte // nil: the default
	file    []byte // nil: the recorded entrypoint
	env     textMap
	headers textMap
	payload []byte
	timeout time.Duration
}

// textMap is a map from strings to strings, as the worker protocol writes one.
type textMap struct {
	count int
	pairs []byte
}

// parseEnvelope reads a request's body strictly (contract R5, R6, R7), decoding in place. The error is a 400 that
// names the field.
func parseEnvelope(body []byte) (*envelope, error) {
	if bytes.HasPrefix(body, []byte("\xEF\xBB\xBF")) {
		return nil, failure.New(400, "the body starts with a byte order mark; send plain UTF-8")
	}
	if !utf8.Valid(body) {
		return nil, failure.New(400, "the body is not valid UTF-8")
	}
	s := &scanner{data: body}
	e := &envelope{timeout: defaultTimeout}
	if s.space() != '{' {
		if s.pos == len(body) {
			return nil, failure.New(400, "the body is empty; it must be a JSON object")
		}
		return nil, failure.New(400, "the body must be a JSON object")
	}
	if err := s.members(func(key []byte) error { return e.readField(s, key) }); err != nil {
		return nil, failure.New(400, "the body is wrong: %v", err)
	}
	if s.space(); s.pos < len(body) {
		return nil, failure.New(400, "the body is wrong: %v", s.malformed("nothing behind the object"))
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

// readField reads one member of the envelope; unknown ones are checked and ignored, null is as absent.
func (e *envelope) readField(s *scanner, key []byte) error {
	if s.space() == 'n' {
		return s.literal("null")
	}
	var err error
	switch string(key) {
	case "path":
		e.path, err = s.stringField()
	case "file":
		e.file, err = s.stringField()
	case "env":
		err = e.env.read(s)
	case "headers":
		err = e.headers.read(s)
	case "payload":
		if s.peek() == '"' {
			e.payload, err = s.text()
		} else {
			e.payload, err = s.value(1)
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

// wrongType is the error for a value of another type, unless that value is not even JSON.
func (s *scanner) wrongType(rule string) error {
	if _, err := s.value(1); err != nil {
		return err
	}
	return fmt.Errorf("%s", rule)
}

func (e *envelope) readTimeout(s *scanner) error {
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
	e.timeout = max(1, time.Duration(math.Min(seconds, maxTimeout.Seconds())*float64(time.Second)))
	return nil
}

// read reads an object of strings; an empty array counts as an empty object (contract R6).
func (m *textMap) read(s *scanner) error {
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
		// The key is kept first: the value is decoded into memory behind it, which leaves it as it is.
		m.count++
		m.pairs = appendString(m.pairs, key)
		if s.space() != '"' {
			return s.wrongType(rule)
		}
		value, err := s.text()
		m.pairs = appendString(m.pairs, value)
		return err
	})
}

var keySeed = maphash.MakeSeed()

// keySet knows the keys of one object by their hashes: 64 bits with a secret seed, so that two different keys of one
// body do not collide. Small objects need no map.
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
