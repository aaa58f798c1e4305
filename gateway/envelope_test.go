package main

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"runtimekit/gateway/internal/failure"
)

// entries decodes a textMap.
func (m *textMap) entries() map[string]string {
	found := map[string]string{}
	rest := m.pairs
	next := func() string {
		size := binary.BigEndian.Uint32(rest)
		text := string(rest[4 : 4+size])
		rest = rest[4+size:]
		return text
	}
	for range m.count {
		key := next()
		found[key] = next()
	}
	return found
}

func nested(depth int) string { return strings.Repeat("[", depth) + strings.Repeat("]", depth) }

func TestEnvelopeRefuses(t *testing.T) {
	for _, c := range []struct{ rule, body, names string }{
		{"R5", "", "empty"},
		{"R5", "  ", "empty"},
		{"R5", "[]", "object"},
		{"R5", `"x"`, "object"},
		{"R5", "null", "object"},
		{"R5", "{", "ends"},
		{"R5", `{"payload":"a`, "payload"},
		{"R5", `{"payload":"a"} x`, "behind"},
		{"R5", `{"payload":"a",}`, "string"},
		{"R5", `{"payload":[1,]}`, "payload"},
		{"R5", `{"payload":{"a":1,}}`, "payload"},
		{"R5", `{"payload":NaN}`, "payload"},
		{"R5", `{"timeout":Infinity}`, "timeout"},
		{"R5", `{"payload":01}`, "payload"},
		{"R5", `{"payload":"\x01"}`, "payload"},
		{"R5", "{\"payload\":\"\x01\"}", "payload"},
		{"R5", "{\"payload\":\"\xff\"}", "UTF-8"},
		{"R5", "\xef\xbb\xbf{}", "byte order mark"},
		{"R5", `{"payload":"\ud800"}`, "payload"},
		{"R5", `{"payload":"\udc00\ud800"}`, "payload"},
		{"R5", `{"payload":"\ud800\ud800"}`, "payload"},
		{"R5", `{"x":["\ud800"]}`, `"x"`},
		{"R5", `{"\ud800":1}`, "surrogate"},
		{"R5", `{"path":1}`, "path"},
		{"R5", `{"file":["a"]}`, "file"},
		{"R5", `{"env":"a"}`, "env"},
		{"R5", `{"env":["a"]}`, "env"},
		{"R5", `{"env":{"A":1}}`, "env"},
		{"R5", `{"env":{"A":null}}`, "env"},
		{"R5", `{"headers":{"A":{}}}`, "headers"},
		{"R5", `{"headers":true}`, "headers"},
		{"R7", `{"timeout":"1"}`, "timeout"},
		{"R7", `{"timeout":0}`, "timeout"},
		{"R7", `{"timeout":-1}`, "timeout"},
		{"R7", `{"timeout":true}`, "timeout"},
		{"R5", `{"payload":1,"payload":2}`, "payload"},
		{"R5", `{"payload":null,"payload":2}`, "payload"},
		{"R5", `{"p\u0061th":"a","path":"b"}`, "path"},
		{"R5", `{"x":1,"x":2}`, `"x"`},
		{"R5", `{"env":{"A":"1","A":"2"}}`, "env"},
		{"R5", `{"headers":{"A":"1","A":"2"}}`, "headers"},
		{"R5", `{"payload":` + nested(100) + `}`, "payload"},
		{"R5", `{"payload":` + strings.Repeat("[", 100_000) + `}`, "payload"},
		{"R5", `{"x":` + nested(100) + `}`, "nested"},
		{"R5", nested(100_000), "object"},
	} {
		t.Run(c.rule+" "+failure.Clip(c.body), func(t *testing.T) {
			_, err := parseEnvelope([]byte(c.body))
			var f *failure.Error
			if !errors.As(err, &f) || f.Code != 400 || !strings.Contains(f.Message, c.names) {
				t.Errorf("got %v, want 400 naming %s", err, c.names)
			}
		})
	}
}

func TestEnvelopeReads(t *testing.T) {
	for _, c := range []struct {
		rule, body, payload string
		timeout             time.Duration
	}{
		{"R6", `{}`, "", defaultTimeout},
		{"R6", ` {"payload":null,"timeout":null,"env":null,"headers":null,"path":null,"file":null} `, "", defaultTimeout},
		{"R6", `{"env":[],"headers":[ ]}`, "", defaultTimeout},
		{"R6", `{"payload":"a\"\\\/\b\f\n\r\t\u0000\u00e9\uD83D\uDE00z"}`, "a\"\\/\b\f\n\r\t\x00é😀z", defaultTimeout},
		{"R6", `{"payload": { "a" : [ 1 , 2.50 , "x y\n" , { } , [ ] , null ] } }`,
			`{"a":[1,2.50,"x y\n",{},[],null]}`, defaultTimeout},
		{"R6", `{"payload": -1.5e+10 }`, "-1.5e+10", defaultTimeout},
		{"R6", `{"payload":true}`, "true", defaultTimeout},
		{"R6", `{"payload":{"a":1,"a":2}}`, `{"a":1,"a":2}`, defaultTimeout},
		{"R5", `{"unknown":{"deep":[1]},"payload":"x"}`, "x", defaultTimeout},
		{"R5", `{"payload":` + nested(99) + `}`, nested(99), defaultTimeout},
		{"R7", `{"timeout":1}`, "", time.Second},
		{"R7", `{"timeout":0.25}`, "", 250 * time.Millisecond},
		{"R7", `{"timeout":1e999}`, "", maxTimeout},
		{"R7", `{"timeout":901}`, "", maxTimeout},
		{"R7", `{"timeout":1e-300}`, "", 1},
	} {
		t.Run(c.rule+" "+failure.Clip(c.body), func(t *testing.T) {
			e, err := parseEnvelope([]byte(c.body))
			if err != nil {
				t.Fatal(err)
			}
			if string(e.payload) != c.payload || e.timeout != c.timeout || e.path != nil || e.file != nil {
				t.Errorf("got payload %q, timeout %v", e.payload, e.timeout)
			}
		})
	}
}

func TestEnvelopeKeepsEveryName(t *testing.T) {
	e, err := parseEnvelope([]byte(`{"env":{"__proto__":"1","":"2","a\u0000":"\u0000"},"headers":{"H":"x"},"path":"/p","file":"f"}`))
	if err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(e.env.entries()); got != fmt.Sprint(map[string]string{"__proto__": "1", "": "2", "a\x00": "\x00"}) {
		t.Errorf("env is %s", got)
	}
	if e.headers.entries()["H"] != "x" || string(e.path) != "/p" || string(e.file) != "f" {
		t.Errorf("got %+v", e)
	}
}

func TestAMillionKeysAreReadFast(t *testing.T) {
	var b strings.Builder
	b.WriteString(`{"env":{"k":"v"`)
	for i := range 1_000_000 {
		fmt.Fprintf(&b, `,"%d":""`, i)
	}
	b.WriteString("}}")
	begin := time.Now()
	e, err := parseEnvelope([]byte(b.String()))
	if err != nil || e.env.count != 1_000_001 {
		t.Fatalf("got %v", err)
	}
	if spent := time.Since(begin); spent > 5*time.Second {
		t.Errorf("took %v", spent)
	}
}

func FuzzEnvelope(f *testing.F) {
	for _, seed := range []string{
		`{}`, `{"payload":"a\u00e9\ud83d\ude00"}`, `{"payload":{"a":[1,2,{"b":null}]},"timeout":1.5}`,
		`{"env":{"A":"1"},"headers":{},"x":[[]]}`, `{"payload":"\ud800"}`, `{"a":1,"a":2}`, `{"payload":1e5 }`, `[`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		original := string(data)
		e, err := parseEnvelope(data)
		var standard map[string]json.RawMessage
		standardErr := json.Unmarshal([]byte(original), &standard)
		if err != nil {
			// What only the contract refuses is not called malformed; lone surrogates encoding/json replaces.
			if strings.Contains(err.Error(), "malformed JSON") && standardErr == nil && utf8.ValidString(original) &&
				!strings.Contains(err.Error(), "surrogate") {
				t.Fatalf("encoding/json accepts what is called %v", err)
			}
			return
		}
		if standardErr != nil {
			t.Fatalf("accepted, but encoding/json says %v", standardErr)
		}
		checkAgainstStandard(t, e, standard)
	})
}

// checkAgainstStandard compares what both readers found, and that reading it again changes nothing.
func checkAgainstStandard(t *testing.T, e *envelope, standard map[string]json.RawMessage) {
	t.Helper()
	var text string
	raw, given := standard["payload"]
	switch {
	case !given || string(raw) == "null":
	case raw[0] == '"':
		_ = json.Unmarshal(raw, &text)
	default:
		var compact strings.Builder
		inString := false
		for i := 0; i < len(raw); i++ {
			if raw[i] == '"' {
				inString = !inString
			}
			if inString && raw[i] == '\\' {
				compact.Write(raw[i : i+2])
				i++
			} else if inString || !strings.ContainsRune(" \t\r\n", rune(raw[i])) {
				compact.WriteByte(raw[i])
			}
		}
		text = compact.String()
	}
	if string(e.payload) != text {
		t.Fatalf("payload is %q, encoding/json says %q", e.payload, text)
	}
	var env map[string]string
	if raw := standard["env"]; len(raw) > 0 && raw[0] == '{' {
		_ = json.Unmarshal(raw, &env)
	}
	if found := e.env.entries(); fmt.Sprint(found) != fmt.Sprint(env) && len(found)+len(env) > 0 {
		t.Fatalf("env is %q, encoding/json says %q", found, env)
	}
	again, _ := json.Marshal(map[string]any{"payload": string(e.payload), "env": e.env.entries()})
	second, err := parseEnvelope(again)
	if err != nil || string(second.payload) != string(e.payload) {
		t.Fatalf("read again: %v", err)
	}
}
