package function

// What a function is called with, for editors and tests. When the function is built, the runtime's own file takes the
// place of this one.

// Request is what Main is called with.
type Request struct {
	Env     map[string]string
	Headers map[string]string
	Payload string
}

// Response makes the answer that Main returns.
type Response struct {
	status int
	value  any
}

// Send answers with text; the status is 200 unless another is given.
func (Response) Send(text string, status ...int) Response {
	return answer(text, status)
}

// JSON answers with a value; the status is 200 unless another is given.
func (Response) JSON(value any, status ...int) Response {
	return answer(value, status)
}

func answer(value any, status []int) Response {
	if len(status) == 0 {
		return Response{200, value}
	}
	return Response{status[0], value}
}
