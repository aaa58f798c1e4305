package openruntimes

import (
	"bytes"
	"encoding/json"
	"sort"
	"strconv"
	"strings"

	"runtimekit/gateway/internal/failure"
	"runtimekit/gateway/internal/frames"
	"runtimekit/gateway/internal/http1"
)

// describe works out what the function sees of a request, but for its headers and its body (V21 to V23).
func describe(h *http1.Head, headers []frames.Field) (*frames.CallFields, *failure.Error) {
	f := &frames.CallFields{Method: h.Method, Scheme: "http"}
	var host string
	for _, header := range headers {
		switch header.Name {
		case "host":
			host = header.Value
		case "x-forwarded-proto":
			f.Scheme = header.Value
		}
	}
	usual := uint16(80)
	if f.Scheme == "https" {
		usual = 443
	}
	var ok bool
	if f.Host, f.Port, ok = splitHost(host, usual); !ok {
		return nil, failure.Newf(400, "the Host header %q has no proper port", failure.Clip(host))
	}
	path, query, asked := bytes.Cut(h.Target, []byte("?"))
	f.Path, f.QueryString = text(path), text(query)
	f.Query = splitQuery(f.QueryString)
	f.URL = f.Scheme + "://" + f.Host
	if f.Port != usual {
		f.URL += ":" + strconv.Itoa(int(f.Port))
	}
	f.URL += f.Path
	if asked && f.QueryString != "" {
		f.URL += "?" + f.QueryString
	}
	return f, nil
}

// splitHost splits `name[:port]` (V21).
func splitHost(host string, usual uint16) (string, uint16, bool) {
	colon := strings.LastIndexByte(host, ':')
	if colon < 0 || strings.IndexByte(host[colon:], ']') >= 0 { // the colons of [::1] are none
		return host, usual, true
	}
	name, digits := host[:colon], host[colon+1:]
	if digits == "" {
		return name, usual, true
	}
	port, err := strconv.ParseUint(digits, 10, 16)
	return name, uint16(port), err == nil
}

// splitQuery splits the text behind the question mark, and decodes nothing. Of several with one name the last counts, an
// empty name does not (V22).
func splitQuery(query string) []frames.Field {
	var fields []frames.Field
	var places map[string]int
	for query != "" {
		var part string
		part, query, _ = strings.Cut(query, "&")
		name, value, _ := strings.Cut(part, "=")
		if name == "" {
			continue
		}
		if places == nil {
			places = map[string]int{}
		}
		if i, known := places[name]; known {
			fields[i].Value = value
			continue
		}
		places[name] = len(fields)
		fields = append(fields, frames.Field{Name: name, Value: value})
	}
	return fields
}

// enforce lays the enforced headers over those of a request (V20).
func (p *Protocol) enforce(headers []frames.Field) []frames.Field {
	for _, enforced := range p.enforced {
		headers = give(headers, enforced.Name, enforced.Value)
	}
	return headers
}

// give puts a header in the place of one with its name, or behind the others.
func give(headers []frames.Field, name, value string) []frames.Field {
	for i := range headers {
		if headers[i].Name == name {
			headers[i].Value = value
			return headers
		}
	}
	return append(headers, frames.Field{Name: name, Value: value})
}

// enforcedHeaders reads the enforced headers: an object whose keys are names, in any case, and whose values become text.
// What is no such object has none (V20).
func enforcedHeaders(object string) []frames.Field {
	var values map[string]json.RawMessage
	if json.Unmarshal([]byte(object), &values) != nil {
		return nil
	}
	var fields []frames.Field
	for name, raw := range values {
		value := string(raw)
		var quoted string
		if json.Unmarshal(raw, &quoted) == nil && strings.HasPrefix(value, `"`) {
			value = quoted
		} else {
			var compact bytes.Buffer
			_ = json.Compact(&compact, raw) // it was parsed already
			value = compact.String()
		}
		fields = append(fields, frames.Field{Name: strings.ToLower(name), Value: value})
	}
	sort.SliceStable(fields, func(i, j int) bool { return fields[i].Name < fields[j].Name })
	return fields
}
