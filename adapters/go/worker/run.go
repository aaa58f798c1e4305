package worker

const concurrency = 32

// Run serves requests with the function until the gateway closes the connection.
func Run(function func(Request, Response) Response) {
	loop(readyFrame(modeShared, concurrency, 0), frameRequest, func(connection *wire, id uint32, body []byte) []byte {
		request, err := readRequest(body)
		if err != nil {
			return errorFrame(id, 500, err.Error())
		}
		connection.write(newFrame(frameStarted, id))
		return function(request, Response{}).frame(id)
	})
}

// readRequest reads the body of a REQUEST.
func readRequest(body []byte) (Request, error) {
	reader := bodyReader{rest: body}
	request := Request{Env: reader.pairs(), Headers: reader.pairs(), Payload: reader.text()}
	request.Variables = request.Env
	return request, reader.err
}
