package frames

import (
	"bufio"
	"bytes"
	"encoding/hex"
	"errors"
	"io"
	"strings"
	"testing"

	"runtimekit/gateway/internal/envelope"
	"runtimekit/gateway/internal/failure"
)

func unhex(t *testing.T, text string) []byte {
	t.Helper()
	raw, err := hex.DecodeString(strings.ReplaceAll(text, " ", ""))
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// The byte examples of docs/worker-protocol.md.
func TestRequestIsWrittenAsDocumented(t *testing.T) {
	e, err := envelope.Parse([]byte(`{"env": {"A": "1"}, "payload": "h\u00e9"}`))
	if err != nil {
		t.Fatal(err)
	}
	got := append(AppendRequest(nil, 7, e), e.Payload...)
	want := unhex(t, "0000001e 01 00000007 00000001 00000001 41 00000001 31 00000000 00000003 68c3a9")
	if !bytes.Equal(got, want) {
		t.Errorf("got %x, want %x", got, want)
	}
}

func TestFramesAreReadAsDocumented(t *testing.T) {
	for _, c := range []struct {
		name, bytes string
		want        Header
	}{
		{"READY", "0000000a 11 00000000 02 00000020", Header{KindReady, 0, 5}},
		{"READY with flags", "0000000b 11 00000000 02 00000020 01", Header{KindReady, 0, 6}},
		{"ANSWER", "0000000c 14 00000007 000000c8 01 7b7d", Header{KindAnswer, 7, 7}},
		{"ERROR", "0000000f 15 00000007 01f4 00000004 453a2078", Header{KindError, 7, 10}},
		{"SILENT", "00000005 17 00000007", Header{KindSilent, 7, 0}},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := bufio.NewReader(iotestOneByte{bytes.NewReader(unhex(t, c.bytes))})
			h, err := ReadHeader(r)
			if err != nil || h != c.want {
				t.Fatalf("got %+v, %v, want %+v", h, err, c.want)
			}
			body, err := ReadBody(r, h)
			if err != nil {
				t.Fatal(err)
			}
			switch h.Kind {
			case KindReady:
				want := Ready{ModeShared, 32, c.name == "READY with flags", false, false}
				if ready, err := ParseReady(body); ready != want || err != nil {
					t.Errorf("READY is %+v, %v, want %+v", ready, err, want)
				}
			case KindError:
				if f, err := ParseFailure(body); err != nil || *f != (failure.Error{Code: 500, Message: "E: x"}) {
					t.Errorf("ERROR is %v, %v", f, err)
				}
			}
		})
	}
}

func TestFlagsOfReady(t *testing.T) {
	for body, want := range map[string]Ready{
		"00 00000001 00": {ModeSerial, 1, false, false, false},
		"00 00000001 01": {ModeSerial, 1, false, false, false}, // it has one request, which counts as started anyway
		"02 00000005 00": {ModeShared, 5, false, false, false},
		"02 ffffffff 01": {ModeShared, MaxRunning, true, false, false},
		"00 00000001 02": {ModeSerial, 1, false, true, false},
		"00 00000001 06": {ModeSerial, 1, false, true, true},
		"02 00000005 03": {ModeShared, 5, true, true, false},
	} {
		if got, err := ParseReady(unhex(t, body)); got != want || err != nil {
			t.Errorf("%s: got %+v, %v", body, got, err)
		}
	}
	for _, body := range []string{"02 00000005 08", "02 00000005 01 00", "02 000000", "03 00000005"} {
		if got, err := ParseReady(unhex(t, body)); !errors.Is(err, ErrProtocol) {
			t.Errorf("%s: got %+v, %v", body, got, err)
		}
	}
}

// iotestOneByte reads one byte at a time, because frames may arrive in any pieces.
type iotestOneByte struct{ r io.Reader }

func (o iotestOneByte) Read(p []byte) (int, error) { return o.r.Read(p[:min(len(p), 1)]) }

func FuzzFrame(f *testing.F) {
	for _, seed := range []string{
		"\x00\x00\x00\x0a\x11\x00\x00\x00\x00\x02\x00\x00\x00\x20", "\x00\x00\x00\x05\x17\x00\x00\x00\x07",
		"\x00\x00\x00\x0f\x15\x00\x00\x00\x07\x01\xf4\x00\x00\x00\x04E: x", "\xff\xff\xff\xff\x15\x00\x00\x00\x07",
		"\x00\x00\x00\x00",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		r := bufio.NewReader(bytes.NewReader(data))
		for {
			h, err := ReadHeader(r)
			if err != nil {
				if !errors.Is(err, io.EOF) && !errors.Is(err, ErrProtocol) {
					t.Fatalf("unexpected error %v", err)
				}
				return
			}
			if h.Size < 0 || !h.Kind.Large() && h.Size > maxControl {
				t.Fatalf("impossible size accepted: %+v", h)
			}
			if h.Size > len(data) {
				return // a whole body would not be there
			}
			body, err := ReadBody(r, h)
			if err != nil {
				return
			}
			if f, err := ParseFailure(body); err == nil && f.Code != 404 && f.Code != 500 {
				t.Fatalf("a failure of code %d", f.Code)
			}
			if r, err := ParseReady(body); err == nil && (r.Mode > ModeShared || r.Concurrency < 1 || r.Concurrency > MaxRunning) {
				t.Fatalf("%+v", r)
			}
		}
	})
}
