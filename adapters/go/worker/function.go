package worker

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"runtime"
	"unicode/utf8"
)

// Request is what a function is called with (contract F2).
type Request struct {
	Env     map[string]string
	Headers map[string]string
	Payload string
	// Variables is Env under the name of 2022 (contract F8).
	Variables map[string]string
}

// Response makes a function's answer: what Send or JSON returns and the function returns in turn (contract F3, F4).
type Response struct {
	answer *answer
}

type answer struct {
	status int
	kind   byte
	body   []byte
	// err is why this is no answer, with the place that made it.
	err string
}

const (
	kindText = 0
	kindJSON = 1
)

// Send answers with text; the status is 200 unless another is given.
func (Response) Send(text string, status ...int) Response {
	if !utf8.ValidString(text) {
		return failed("Send takes text, and this is no valid UTF-8")
	}
	return answered(kindText, []byte(text), status)
}

// JSON answers with a value as encoding/json writes it; the status is 200 unless another is given.
func (Response) JSON(value interface{}, status ...int) Response {
	var body bytes.Buffer
	encoder := json.NewEncoder(&body)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		return failed(fmt.Sprintf("%T: %v", err, err))
	}
	return answered(kindJSON, bytes.TrimSuffix(body.Bytes(), []byte("\n")), status)
}

func answered(kind byte, body []byte, status []int) Response {
	code := 200
	if len(status) > 0 {
		code = status[0]
	}
	return Response{&answer{status: code, kind: kind, body: body}}
}

// failed is called by the method that the function has called.
func failed(reason string) Response {
	place := ""
	if _, file, line, ok := runtime.Caller(2); ok {
		place = fmt.Sprintf("\n    at %s:%d", file, line)
	}
	return Response{&answer{err: reason + place}}
}

// frame is what the gateway gets for a function that returned this.
func (r Response) frame(id uint32) []byte {
	switch {
	case r.answer == nil:
		return newFrame(frameSilent, id)
	case r.answer.err != "":
		return errorFrame(id, 500, r.answer.err)
	}
	status := r.answer.status
	if status < math.MinInt32 || status > math.MaxInt32 {
		status = -1 // out of range anyway, which the gateway says
	}
	return newFrame(frameAnswer, id, u32(uint32(int32(status))), []byte{r.answer.kind}, r.answer.body)
}
