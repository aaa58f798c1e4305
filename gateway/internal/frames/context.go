package frames

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// The kinds of frames for functions that take a context. The first two go to workers, the others come from them.
const (
	KindCall   Kind = 0x04
	KindOutput Kind = 0x05
	KindLog    Kind = 0x18
	KindResult Kind = 0x19
)

const (
	// TakesContext is the flag of READY that says: the function takes a context, not a request and a response.
	TakesContext byte = 2
	// ChangesOutput is the flag of READY that says: the worker understands OUTPUT.
	ChangesOutput byte = 4
	// LogHeaderSize is the size of what precedes the text of a LOG: stream, origin.
	LogHeaderSize = 2
	// ResultStatusSize is the size of the status of a RESULT, which its fields and its body follow.
	ResultStatusSize = 4
	// fieldsCount is the size of the count at the start of a map.
	fieldsCount = 4
)

// Field is a name and its value: one pair of a map of the protocol.
type Field struct{ Name, Value string }

// CallFields is what a CALL says of a request, but for its body.
type CallFields struct {
	Logging     bool // what the function logs is wanted
	Method      string
	Scheme      string
	Host        string // without the port
	Port        uint16
	Path        string // as it was sent, without the query
	QueryString string // without the question mark
	URL         string
	Query       []Field
	Headers     []Field
}

// Call is the message CALL.
type Call struct {
	fields []byte
	body   []byte
}

// NewCall returns the message with these fields and a body, which it shares.
func NewCall(fields []byte, body []byte) *Call { return &Call{fields, body} }

// Encode returns the fields as the body of CALL begins with them.
func (c *CallFields) Encode() []byte {
	size := 64 + len(c.Method) + len(c.Scheme) + len(c.Host) + len(c.Path) + len(c.QueryString) + len(c.URL)
	for _, fields := range [...][]Field{c.Query, c.Headers} {
		for _, f := range fields {
			size += 8 + len(f.Name) + len(f.Value)
		}
	}
	b := append(make([]byte, 0, size), 0)
	if c.Logging {
		b[0] = 1
	}
	for _, text := range [...]string{c.Method, c.Scheme, c.Host} {
		b = appendText(b, text)
	}
	b = binary.BigEndian.AppendUint16(b, c.Port)
	for _, text := range [...]string{c.Path, c.QueryString, c.URL} {
		b = appendText(b, text)
	}
	return AppendFields(AppendFields(b, c.Query), c.Headers)
}

// AppendFields appends a map of the protocol.
func AppendFields(b []byte, fields []Field) []byte {
	b = binary.BigEndian.AppendUint32(b, uint32(len(fields)))
	for _, f := range fields {
		b = appendText(appendText(b, f.Name), f.Value)
	}
	return b
}

func appendText(b []byte, text string) []byte {
	return append(binary.BigEndian.AppendUint32(b, uint32(len(text))), text...)
}

// Size implements Message.
func (c *Call) Size() int { return len(c.fields) + len(c.body) }

// AppendTo implements Message.
func (c *Call) AppendTo(b []byte, id uint32) []byte {
	return append(AppendHeader(b, KindCall, id, c.Size()), c.fields...)
}

// Tail implements Message.
func (c *Call) Tail() []byte { return c.body }

// ParseFields reads a map from the start of data, and returns what is behind it, too. The fields may have `most` bytes in
// all; if they have more the error is ErrManyFields, and if the map is broken it wraps ErrProtocol.
func ParseFields(data []byte, most int) ([]Field, []byte, error) {
	if len(data) < fieldsCount {
		return nil, nil, errMap
	}
	count := int64(binary.BigEndian.Uint32(data))
	data = data[fieldsCount:]
	if count*8 > int64(len(data)) {
		return nil, nil, errMap
	}
	var fields []Field
	for range count {
		var f Field
		for _, text := range [...]*string{&f.Name, &f.Value} {
			if len(data) < 4 {
				return nil, nil, errMap
			}
			size := int64(binary.BigEndian.Uint32(data))
			if data = data[4:]; size > int64(len(data)) {
				return nil, nil, errMap
			}
			if most -= int(size); most < 0 {
				return nil, nil, ErrManyFields
			}
			*text, data = string(data[:size]), data[size:]
		}
		fields = append(fields, f)
	}
	return fields, data, nil
}

// ErrManyFields is the error of a map that has more bytes than it may have.
var ErrManyFields = errors.New("the map is too large")

var errMap = fmt.Errorf("%w: a map whose sizes do not fit", ErrProtocol)
