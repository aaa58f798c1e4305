package process

import (
	"os"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"runtimekit/gateway/internal/failure"
)

// wide holds characters of four bytes each: of four cuts one byte apart, three are inside a character.
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
		o := new(Output)
		o.remember([]byte(wide + "xyz"[:shift]))
		tail := o.Tail()
		if !utf8.ValidString(tail) || len(tail) <= tailBytes-utf8.UTFMax {
			t.Errorf("moved by %d: %d bytes that begin with %q", shift, len(tail), tail[:8])
		}
	}
}

func TestOutputKeepsLinesWhole(t *testing.T) {
	reader, writer, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	target, err := os.CreateTemp(t.TempDir(), "")
	if err != nil {
		t.Fatal(err)
	}
	defer target.Close()
	o := &Output{}
	o.Copy(reader, &SharedWriter{file: target})
	text := "first\n" + strings.Repeat("x", 3*longestLine) + "\nlast \xff"
	if _, err := writer.WriteString(text); err != nil {
		t.Fatal(err)
	}
	writer.Close()
	o.Close(time.Second)
	copied, _ := os.ReadFile(target.Name())
	if string(copied) != text+"\n" {
		t.Errorf("%d bytes were copied, not %d", len(copied), len(text)+1)
	}
	if tail := o.Tail(); tail != "last \xff" {
		t.Errorf("the tail is %q", failure.Clip(tail))
	}
}
