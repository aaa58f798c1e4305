package main

import (
	"strings"
	"testing"
	"unicode/utf8"
)

// wide are characters of four bytes: what is cut after a number of bytes is cut inside one, unless it is moved by just so many.
var wide = strings.Repeat("\U00020000", 5<<10)

func TestALongLineIsBrokenBetweenCharacters(t *testing.T) {
	for shift := range utf8.UTFMax {
		for more := range utf8.UTFMax {
			text := []byte("xyz"[:shift] + wide)
			text = text[:len(text)-more]
			end := wholeEnd(text)
			if !utf8.Valid(text[:end]) || len(text)-end >= utf8.UTFMax {
				t.Errorf("moved by %d, %d bytes missing: cut after %d of %d bytes", shift, more, end, len(text))
			}
		}
	}
	if broken := []byte("\xff\x80\x80\x80\x80"); wholeEnd(broken) != len(broken) {
		t.Error("bytes that are no text are not kept back")
	}
}

func TestTheLastOutputBeginsWithAWholeCharacter(t *testing.T) {
	for shift := range utf8.UTFMax {
		o := new(output)
		o.remember([]byte(wide + "xyz"[:shift]))
		tail := o.tail()
		if !utf8.ValidString(tail) || len(tail) <= tailBytes-utf8.UTFMax {
			t.Errorf("moved by %d: %d bytes that begin with %q", shift, len(tail), tail[:8])
		}
	}
}
