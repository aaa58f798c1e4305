package envelope

import "fmt"

// value reads any JSON value and returns its text without insignificant white space (contract R6). `depth` is how deep
// the object or array around it is nested. A loop, not recursion, follows the nesting, so the stack does not grow.
func (s *scanner) value(depth int) ([]byte, error) {
	s.space()
	c := compactor{scanner: s, begin: s.pos, end: s.pos}
	for {
		opened, err := c.open(depth)
		if err != nil {
			return nil, err
		}
		if opened {
			continue
		}
		more, err := c.close()
		if err != nil {
			return nil, err
		}
		if !more {
			return s.data[c.begin:c.end:c.end], nil
		}
	}
}

// compactor removes the white space between the tokens of one value while it reads them.
type compactor struct {
	*scanner
	begin, end int // of what was kept
	level      int // open objects and arrays
	isObject   [maxDepth]bool
}

// keep moves what was read since `from` to the end of the text.
func (c *compactor) keep(from int) {
	if c.end == from {
		c.end = c.pos
		return
	}
	c.end += copy(c.data[c.end:], c.data[from:c.pos])
}

// token keeps the single byte at the current position.
func (c *compactor) token() {
	c.pos++
	c.keep(c.pos - 1)
}

// open reads a scalar or an empty container and returns false, or the bracket and the first key of another container
// and returns true.
func (c *compactor) open(depth int) (bool, error) {
	bracket := c.space()
	if bracket != '{' && bracket != '[' {
		from := c.pos
		if err := c.scalar(); err != nil {
			return false, err
		}
		c.keep(from)
		return false, nil
	}
	if depth+c.level >= maxDepth {
		return false, fmt.Errorf("nested deeper than %d", maxDepth)
	}
	c.token()
	if c.space() == bracket+2 { // in ASCII a closing bracket is its opening one + 2
		c.token()
		return false, nil
	}
	c.isObject[c.level] = bracket == '{'
	c.level++
	return true, c.key()
}

// key reads `"key":` if the innermost container is an object.
func (c *compactor) key() error {
	if !c.isObject[c.level-1] {
		return nil
	}
	if c.space() != '"' {
		return c.malformed("a key")
	}
	from := c.pos
	if err := c.skipText(); err != nil {
		return err
	}
	c.keep(from)
	if c.space() != ':' {
		return c.malformed("a colon")
	}
	c.token()
	return nil
}

// close reads what follows a complete value: closing brackets to the end, and then it returns false, or a comma and the
// next key, and then it returns true.
func (c *compactor) close() (bool, error) {
	for c.level > 0 {
		bracket := byte(']')
		if c.isObject[c.level-1] {
			bracket = '}'
		}
		switch c.space() {
		case bracket:
			c.token()
			c.level--
		case ',':
			c.token()
			return true, c.key()
		default:
			return false, c.malformed(fmt.Sprintf("a comma or %q", bracket))
		}
	}
	return false, nil
}
