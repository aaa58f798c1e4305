package frames

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"os"
	"reflect"
	"regexp"
	"strings"
	"testing"
)

// The byte examples of docs/worker-protocol.md, by the beginning of their titles there.
var contextExamples = map[string]string{
	"READY, serial, takes a context": "0000000b 11 00000000 00 00000001 06",
	"OUTPUT, folder":                 "0000000b 05 00000000 00000002 2f64",
	"CALL 7": "00000067 04 00000007 01" +
		"00000003 474554" + "00000004 68747470" + "00000001 61" + "0bb8" +
		"00000002 2f78" + "00000003 713d31" + "00000013 687474703a2f2f613a333030302f783f713d31" +
		"00000001 00000001 71 00000001 31" +
		"00000001 00000004 686f7374 00000006 613a33303030" + "68c3a9",
	"LOG 7":    "00000009 18 00000007 00 00 6869",
	"RESULT 7": "00000023 19 00000007 000000c9 00000002 00000001 61 00000001 31 00000001 61 00000001 32 ff00",
}

// The page is not there in the container that tests the gateway alone. tests/adapters reads it too.
func TestExamplesAreThoseOfThePage(t *testing.T) {
	page, err := os.ReadFile("../../../docs/worker-protocol.md")
	if err != nil {
		t.Skipf("needs the repository: %v", err)
	}
	for title, want := range contextExamples {
		found := regexp.MustCompile(`(?m)^` + title + `[^\n]*:\n\n((?:    [0-9a-f ]+\n?)+)`).FindSubmatch(page)
		if found == nil {
			t.Errorf("there is no example %q", title)
			continue
		}
		if got := unhex(t, strings.ReplaceAll(string(found[1]), "\n", " ")); !bytes.Equal(got, unhex(t, want)) {
			t.Errorf("%s: the page has %x", title, got)
		}
	}
}

func TestCallIsWrittenAsDocumented(t *testing.T) {
	fields := CallFields{
		Logging: true, Method: "GET", Scheme: "http", Host: "a", Port: 3000, Path: "/x", QueryString: "q=1", URL: "http://a:3000/x?q=1",
		Query: []Field{{"q", "1"}}, Headers: []Field{{"host", "a:3000"}},
	}
	call := NewCall(fields.Encode(), []byte("hé"))
	got := append(call.AppendTo(nil, 7), call.Tail()...)
	if want := unhex(t, contextExamples["CALL 7"]); !bytes.Equal(got, want) {
		t.Errorf("got %x, want %x", got, want)
	}
	if call.Size() != len(got)-headerSize {
		t.Errorf("the size is %d", call.Size())
	}
}

func TestOutputIsWrittenAsDocumented(t *testing.T) {
	if got, want := Folder(KindOutput, "/d"), unhex(t, contextExamples["OUTPUT, folder"]); !bytes.Equal(got, want) {
		t.Errorf("got %x, want %x", got, want)
	}
}

func TestResultAndLogAreReadAsDocumented(t *testing.T) {
	for title, want := range map[string]Header{"LOG 7": {KindLog, 7, 4}, "RESULT 7": {KindResult, 7, 30}} {
		r := bufio.NewReader(iotestOneByte{bytes.NewReader(unhex(t, contextExamples[title]))})
		h, err := ReadHeader(r)
		if err != nil || h != want {
			t.Fatalf("%s: got %+v, %v", title, h, err)
		}
		body, err := ReadBody(r, h)
		if err != nil {
			t.Fatal(err)
		}
		if h.Kind != KindResult {
			continue
		}
		fields, rest, err := ParseFields(body[ResultStatusSize:], 100)
		if !reflect.DeepEqual(fields, []Field{{"a", "1"}, {"a", "2"}}) || !bytes.Equal(rest, []byte{0xff, 0}) || err != nil {
			t.Errorf("RESULT has %v, %x, %v", fields, rest, err)
		}
	}
}

func TestReadyOfAContextIsReadAsDocumented(t *testing.T) {
	got, err := ParseReady(unhex(t, contextExamples["READY, serial, takes a context"])[headerSize:])
	if got != (Ready{ModeSerial, 1, false, true, true}) || err != nil {
		t.Errorf("got %+v, %v", got, err)
	}
}

func TestFieldsHaveALimit(t *testing.T) {
	data := AppendFields(nil, []Field{{"name", "value"}})
	if _, _, err := ParseFields(data, 9); err != nil {
		t.Errorf("as many bytes as may be: %v", err)
	}
	if _, _, err := ParseFields(data, 8); !errors.Is(err, ErrManyFields) {
		t.Errorf("one more: %v", err)
	}
}

func FuzzFields(f *testing.F) {
	f.Add([]byte{0, 0, 0, 0}, 10)
	f.Add(AppendFields(nil, []Field{{"a", "1"}, {"", "x"}}), 10)
	f.Add([]byte{0xff, 0xff, 0xff, 0xff, 0, 0, 0, 1}, 10)
	f.Fuzz(func(t *testing.T, data []byte, most int) {
		fields, rest, err := ParseFields(data, most)
		if err != nil {
			if !errors.Is(err, ErrProtocol) && !errors.Is(err, ErrManyFields) {
				t.Fatalf("unexpected error %v", err)
			}
			return
		}
		if again := append(AppendFields(nil, fields), rest...); !bytes.Equal(again, data) {
			t.Fatalf("%x was read as %v", data, fields)
		}
		if int(binary.BigEndian.Uint32(data)) != len(fields) {
			t.Fatalf("%d fields", len(fields))
		}
	})
}
