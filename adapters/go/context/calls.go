package worker

import (
	"encoding/binary"
	"math"
	"sort"
	"strings"

	"github.com/open-runtimes/types-for-go/v4/openruntimes"
)

const (
	streamLogs   = 0
	streamErrors = 1

	originContext = 0

	flagLogging = 0x01
)

// RunContext serves calls with a function that takes a context until the gateway closes the connection: one at a time,
// so that what the function prints is known to be that call's. It was compiled in a folder.
func RunContext(compiledIn string, function func(openruntimes.Context) openruntimes.Response) {
	builtIn = compiledIn + "/"
	loop(readyFrame(modeSerial, 1, takesContext), frameCall, func(connection *wire, id uint32, body []byte) []byte {
		logging, request, err := readCall(body)
		if err != nil {
			return errorFrame(id, 500, err.Error())
		}
		context := openruntimes.NewContext(openruntimes.Logger{Enabled: logging, Sink: func(kind, entry string) {
			stream := byte(streamLogs)
			if kind == openruntimes.LOGGER_TYPE_ERROR {
				stream = streamErrors
			}
			entry = strings.ToValidUTF8(entry, "\uFFFD")
			connection.write(newFrame(frameLog, id, []byte{stream, originContext}, []byte(entry)))
		}})
		context.Req = request
		return resultFrame(id, function(context))
	})
}

// readCall reads the body of a CALL: whether logs are wanted, and the request.
func readCall(body []byte) (bool, openruntimes.ContextRequest, error) {
	if len(body) == 0 {
		return false, openruntimes.ContextRequest{}, errMalformed
	}
	r := bodyReader{rest: body[1:]}
	request := openruntimes.ContextRequest{Method: r.text(), Scheme: r.text(), Host: r.text()}
	if len(r.rest) < 2 {
		return false, request, errMalformed
	}
	request.Port = int(binary.BigEndian.Uint16(r.rest))
	r.rest = r.rest[2:]
	request.Path, request.QueryString, request.Url = r.text(), r.text(), r.text()
	request.Query, request.Headers = r.pairs(), r.pairs()
	request.SetBodyBinary(r.rest)
	return body[0]&flagLogging != 0, request, r.err
}

// resultFrame is what the gateway gets for a response that the function returned.
func resultFrame(id uint32, response openruntimes.Response) []byte {
	status := response.Status()
	if status < math.MinInt32 || status > math.MaxInt32 {
		status = -1 // out of range anyway, which the gateway says
	}
	names := make([]string, 0, len(response.Headers))
	for name := range response.Headers {
		names = append(names, name)
	}
	sort.Strings(names) // Go's own order is another one each time
	count, pairs := uint32(0), []byte{}
	for _, name := range names {
		values := []string{response.Headers[name]}
		if strings.EqualFold(name, "set-cookie") {
			values = strings.Split(values[0], "\n")
		}
		for _, value := range values {
			pairs = append(append(pairs, u32(uint32(len(name)))...), name...)
			pairs = append(append(pairs, u32(uint32(len(value)))...), value...)
			count++
		}
	}
	return newFrame(frameResult, id, u32(uint32(int32(status))), u32(count), pairs, response.Body)
}
