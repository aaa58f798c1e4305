package logbook

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"
)

// written returns the text of the two files of a book with the id `a`.
func written(t *testing.T, fill func(*Book)) (logs, errors string) {
	t.Helper()
	folder := t.TempDir()
	b := NewFolder(folder).Book("a", "")
	fill(b)
	b.Close()
	read := func(name string) string {
		text, err := os.ReadFile(filepath.Join(folder, name))
		if err != nil && !os.IsNotExist(err) {
			t.Error(err)
		}
		return string(text)
	}
	return read("a_logs.log"), read("a_errors.log")
}

func TestEntriesAreLines(t *testing.T) {
	logs, errors := written(t, func(b *Book) {
		b.Entry(Logs, []byte("one"))
		b.Entry(Errors, []byte("two\nlines"))
		b.Entry(Logs, nil)
		b.Entry(Logs, []byte("bad \xff"))
	})
	if logs != "one\n\nbad \uFFFD\n" || errors != "two\nlines\n" {
		t.Errorf("V14: logs %q, errors %q", logs, errors)
	}
}

func TestPrintedPiecesBecomeLines(t *testing.T) {
	for size := 1; size < 12; size++ {
		logs, _ := written(t, func(b *Book) {
			for part := []byte("ä b\n\nc\nrest"); len(part) > 0; part = part[min(size, len(part)):] {
				b.Print(0, part[:min(size, len(part))])
			}
			b.Print(1, []byte("stderr"))
		})
		if want := notice + "\nä b\n\nc\nrest\nstderr\n"; logs != want {
			t.Errorf("V16: in pieces of %d: %q", size, logs)
		}
	}
}

func TestNothingIsMadeForNothing(t *testing.T) {
	folder := t.TempDir()
	f := NewFolder(folder)
	f.Book("a", "").Close()
	off := f.Book("", "")
	off.Entry(Logs, []byte("x"))
	off.Native(Logs, []byte("x"))
	off.Print(0, []byte("x\n"))
	off.Close()
	late := f.Book("b", "")
	late.Close()
	late.Entry(Logs, []byte("x"))
	late.Print(1, []byte("x\n"))
	late.Close()
	if entries, _ := os.ReadDir(folder); len(entries) > 0 {
		t.Errorf("V13, V18, V34: there are %v", entries)
	}
}

func FuzzEntry(f *testing.F) {
	f.Add([]byte("short"), 3)
	f.Add(bytes.Repeat([]byte("é"), 8001), 100)
	f.Add(bytes.Repeat([]byte("\xf0\x9f\x98\x80"), 8001), 7)
	f.Add(bytes.Repeat([]byte("\xff"), 40000), 9)
	f.Fuzz(func(t *testing.T, text []byte, piece int) {
		got := clip(text)
		if !utf8.ValidString(got) {
			t.Fatal("V14: no UTF-8")
		}
		kept, cut := strings.CutSuffix(got, truncated)
		if n := utf8.RuneCountInString(kept); n > maxEntry || cut && len(text) > len(truncated) && n != maxEntry && !bytes.HasSuffix(text, []byte(truncated)) {
			t.Fatalf("V15: %d characters, cut: %v", n, cut)
		}
		// However it is cut into pieces, a printed text gives the same lines.
		if len(text) > inMemory/4 {
			return // its lines would be written to a file
		}
		folder, size := NewFolder("/nowhere"), max(1, piece%max(1, len(text)))
		whole, pieces := folder.Book("a", ""), folder.Book("a", "")
		whole.Print(0, text)
		for part := text; len(part) > 0; part = part[min(size, len(part)):] {
			pieces.Print(0, part[:min(size, len(part))])
		}
		if got, want := pieces.files[Logs].pending, whole.files[Logs].pending; !bytes.Equal(got, want) || !bytes.Equal(pieces.lines[0].text, whole.lines[0].text) {
			t.Fatalf("V16: %q in pieces of %d: %q, not %q", text, size, got, want)
		}
	})
}
