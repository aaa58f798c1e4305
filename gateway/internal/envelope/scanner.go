package envelope

import (
	"fmt"
	"strconv"
	"unicode/utf8"
)

// maxDepth is how deep a body's values may nest; the body's own object is depth 1 (contract R5).
const maxDepth = 100

// scanner reads strict JSON (RFC 8259), which must be valid UTF-8. It decodes in place: what it has read is
// overwritten.
type scanner struct {
	data []byte
	pos  int
}

// malformed is the error for JSON that breaks the grammar at the current position.
func (s *scanner) malformed(expected string) error {
	if s.pos >= len(s.data) {
		return fmt.Errorf("malformed JSON: it ends where %s was expected", expected)
	}
	return fmt.Errorf("malformed JSON at byte %d: expected %s", s.pos+1, expected)
}

// peek is the next byte, 0 at the end (a NUL byte is never valid outside a string).
func (s *scanner) peek() byte {
	if s.pos < len(s.data) {
		return s.data[s.pos]
	}
	return 0
}

// space skips white space and returns the byte behind it.
func (s *scanner) space() byte {
	for s.pos < len(s.data) {
		switch s.data[s.pos] {
		case ' ', '\t', '\n', '\r':
			s.pos++
		default:
			return s.data[s.pos]
		}
	}
	return 0
}

// expect skips white space and then exactly one byte.
func (s *scanner) expect(c byte, name string) error {
	if s.space() != c {
		return s.malformed(name)
	}
	s.pos++
	return nil
}

// text reads a string and returns it decoded, in the memory that it was read from.
func (s *scanner) text() ([]byte, error) {
	if s.space() != '"' {
		return nil, s.malformed("a string")
	}
	s.pos++
	begin, end := s.pos, s.pos
	for s.pos < len(s.data) {
		switch c := s.data[s.pos]; {
		case c == '"':
			s.pos++
			return s.data[begin:end:end], nil
		case c == '\\':
			r, err := s.escape()
			if err != nil {
				return nil, err
			}
			// An escape sequence is longer than the bytes that it stands for, so writing never overtakes reading.
			end = len(utf8.AppendRune(s.data[:end], r))
		case c < ' ':
			return nil, s.malformed("no control character in a string")
		default:
			s.data[end] = c
			end++
			s.pos++
		}
	}
	return nil, s.malformed("the end of a string")
}

// skipText reads a string without decoding it.
func (s *scanner) skipText() error {
	s.pos++
	for s.pos < len(s.data) {
		switch c := s.data[s.pos]; {
		case c == '"':
			s.pos++
			return nil
		case c == '\\':
			if _, err := s.escape(); err != nil {
				return err
			}
		case c < ' ':
			return s.malformed("no control character in a string")
		default:
			s.pos++
		}
	}
	return s.malformed("the end of a string")
}

// escape reads one escape sequence. A surrogate pair counts as one; half of one is an error.
func (s *scanner) escape() (rune, error) {
	s.pos++
	c := s.peek()
	switch c {
	case '"', '\\', '/':
	case 'b':
		c = '\b'
	case 'f':
		c = '\f'
	case 'n':
		c = '\n'
	case 'r':
		c = '\r'
	case 't':
		c = '\t'
	case 'u':
		return s.codePoint()
	default:
		return 0, s.malformed("an escape sequence")
	}
	s.pos++
	return rune(c), nil
}

// codePoint reads `uXXXX`, and the second half of a surrogate pair behind it.
func (s *scanner) codePoint() (rune, error) {
	r, err := s.hex()
	if err != nil || r < 0xD800 || r > 0xDFFF {
		return r, err
	}
	if r < 0xDC00 && s.peek() == '\\' && s.pos+1 < len(s.data) && s.data[s.pos+1] == 'u' {
		s.pos++
		low, err := s.hex()
		if err != nil {
			return 0, err
		}
		if low >= 0xDC00 && low <= 0xDFFF {
			return 0x10000 + (r-0xD800)<<10 + (low - 0xDC00), nil
		}
	}
	return 0, s.malformed("the other half of a surrogate pair before this")
}

// hex reads `uXXXX`.
func (s *scanner) hex() (rune, error) {
	s.pos++
	if s.pos+4 > len(s.data) {
		return 0, s.malformed("four hexadecimal digits")
	}
	var r rune
	for _, c := range s.data[s.pos : s.pos+4] {
		digit, ok := hexDigit(c)
		if !ok {
			return 0, s.malformed("four hexadecimal digits")
		}
		r = r<<4 | rune(digit)
	}
	s.pos += 4
	return r, nil
}

func hexDigit(c byte) (byte, bool) {
	switch {
	case c >= '0' && c <= '9':
		return c - '0', true
	case c >= 'a' && c <= 'f':
		return c - 'a' + 10, true
	case c >= 'A' && c <= 'F':
		return c - 'A' + 10, true
	}
	return 0, false
}

// number skips a number.
func (s *scanner) number() error {
	if s.peek() == '-' {
		s.pos++
	}
	if s.peek() == '0' {
		s.pos++
	} else if !s.digits() {
		return s.malformed("a value")
	}
	if s.peek() == '.' {
		s.pos++
		if !s.digits() {
			return s.malformed("a digit")
		}
	}
	if c := s.peek(); c == 'e' || c == 'E' {
		s.pos++
		if c := s.peek(); c == '+' || c == '-' {
			s.pos++
		}
		if !s.digits() {
			return s.malformed("a digit")
		}
	}
	return nil
}

func (s *scanner) digits() bool {
	begin := s.pos
	for s.pos < len(s.data) && s.data[s.pos] >= '0' && s.data[s.pos] <= '9' {
		s.pos++
	}
	return s.pos > begin
}

// scalar skips a string, number or literal.
func (s *scanner) scalar() error {
	switch s.peek() {
	case '"':
		return s.skipText()
	case 't':
		return s.literal("true")
	case 'f':
		return s.literal("false")
	case 'n':
		return s.literal("null")
	}
	return s.number()
}

func (s *scanner) literal(word string) error {
	if len(s.data)-s.pos < len(word) || string(s.data[s.pos:s.pos+len(word)]) != word {
		return s.malformed("a value")
	}
	s.pos += len(word)
	return nil
}

// parseSeconds turns a number that was scanned into a float; what is too large for one is infinite.
func parseSeconds(number []byte) float64 {
	seconds, _ := strconv.ParseFloat(string(number), 64) // the grammar was checked; out of range gives ±Inf
	return seconds
}
