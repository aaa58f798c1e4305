package envelope

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

// entries decodes a Map.
func (m *Map) entries() map[string]string {
	found := map[string]string{}
	rest := m.Pairs
	next := func() string {
		size := binary.BigEndian.Uint32(rest)
		text := string(rest[4 : 4+size])
		rest = rest[4+size:]
		return text
	}
	for range m.Count {
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
		{"R11", `{"variables":"a"}`, "variables"},
		{"R11", `{"variables":{"A":1},"env":{}}`, "variables"},
		{"R11", `{"env":{},"variables":{"A":"1","A":"2"}}`, "variables"},
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
			_, err := Parse([]byte(c.body))
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
		{"R6", `{}`, "", DefaultTimeout},
		{"R6", ` {"payload":null,"timeout":null,"env":null,"headers":null,"path":null,"file":null} `, "", DefaultTimeout},
		{"R6", `{"env":[],"headers":[ ]}`, "", DefaultTimeout},
		{"R6", `{"payload":"a\"\\\/\b\f\n\r\t\u0000\u00e9\uD83D\uDE00z"}`, "a\"\\/\b\f\n\r\t\x00é😀z", DefaultTimeout},
		{"R6", `{"payload": { "a" : [ 1 , 2.50 , "x y\n" , { } , [ ] , null ] } }`,
			`{"a":[1,2.50,"x y\n",{},[],null]}`, DefaultTimeout},
		{"R6", `{"payload": -1.5e+10 }`, "-1.5e+10", DefaultTimeout},
		{"R6", `{"payload":true}`, "true", DefaultTimeout},
		{"R6", `{"payload":{"a":1,"a":2}}`, `{"a":1,"a":2}`, DefaultTimeout},
		{"R5", `{"unknown":{"deep":[1]},"payload":"x"}`, "x", DefaultTimeout},
		{"R5", `{"payload":` + nested(99) + `}`, nested(99), DefaultTimeout},
		{"R7", `{"timeout":1}`, "", time.Second},
		{"R7", `{"timeout":0.25}`, "", 250 * time.Millisecond},
		{"R7", `{"timeout":1e999}`, "", MaxTimeout},
		{"R7", `{"timeout":901}`, "", MaxTimeout},
		{"R7", `{"timeout":1e-300}`, "", 1},
	} {
		t.Run(c.rule+" "+failure.Clip(c.body), func(t *testing.T) {
			e, err := Parse([]byte(c.body))
			if err != nil {
				t.Fatal(err)
			}
			if string(e.Payload) != c.payload || e.Timeout != c.timeout || e.Path != nil || e.File != nil {
				t.Errorf("got payload %q, timeout %v", e.Payload, e.Timeout)
			}
		})
	}
}

func TestEnvelopeKeepsEveryName(t *testing.T) {
	e, err := Parse([]byte(`{"env":{"__proto__":"1","":"2","a\u0000":"\u0000"},"headers":{"H":"x"},"path":"/p","file":"f"}`))
	if err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(e.Env.entries()); got != fmt.Sprint(map[string]string{"__proto__": "1", "": "2", "a\x00": "\x00"}) {
		t.Errorf("env is %s", got)
	}
	if e.Headers.entries()["H"] != "x" || string(e.Path) != "/p" || string(e.File) != "f" {
		t.Errorf("got %+v", e)
	}
}

func TestVariablesAreTheEnvironmentIfThereIsNone(t *testing.T) {
	for body, want := range map[string]string{
		`{"variables":{"A":"1"}}`:                 "map[A:1]",
		`{"variables":{"A":"1"},"env":null}`:      "map[A:1]",
		`{"env":{"B":"2"},"variables":{"A":"1"}}`: "map[B:2]",
		`{"variables":{"A":"1"},"env":{"B":"2"}}`: "map[B:2]",
		`{"variables":{"A":"1"},"env":{}}`:        "map[]",
		`{"variables":{"A":"1"},"env":[]}`:        "map[]",
		`{"variables":null,"env":{"B":"2"}}`:      "map[B:2]",
		`{"variables":[]}`:                        "map[]",
	} {
		e, err := Parse([]byte(body))
		if err != nil {
			t.Fatalf("R11: %s: %v", body, err)
		}
		if got := fmt.Sprint(e.Env.entries()); got != want {
			t.Errorf("R11: %s: env is %s, want %s", body, got, want)
		}
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
	e, err := Parse([]byte(b.String()))
	if err != nil || e.Env.Count != 1_000_001 {
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
		e, err := Parse(data)
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
func checkAgainstStandard(t *testing.T, e *Envelope, standard map[string]json.RawMessage) {
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
	if string(e.Payload) != text {
		t.Fatalf("payload is %q, encoding/json says %q", e.Payload, text)
	}
	var env map[string]string
	if raw := standard["env"]; len(raw) > 0 && raw[0] == '{' {
		_ = json.Unmarshal(raw, &env)
	}
	if found := e.Env.entries(); fmt.Sprint(found) != fmt.Sprint(env) && len(found)+len(env) > 0 {
		t.Fatalf("env is %q, encoding/json says %q", found, env)
	}
	again, _ := json.Marshal(map[string]any{"payload": string(e.Payload), "env": e.Env.entries()})
	second, err := Parse(again)
	if err != nil || string(second.Payload) != string(e.Payload) {
		t.Fatalf("read again: %v", err)
	}
}
