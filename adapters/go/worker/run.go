// Package worker is the Go worker: it answers the gateway's requests with one function (docs/worker-protocol.md).
// build.sh compiles it together with the function; it uses nothing newer than the oldest go.mod a function may have.
package worker

import (
	"fmt"
	"os"
	"reflect"
	"strings"
)

const (
	concurrency = 32
	usageError  = 64
)

// ownPackage is the beginning of the names of this package's functions.
var ownPackage = reflect.TypeOf(wire{}).PkgPath() + "."

// Run serves requests with the function until the gateway closes the connection.
func Run(function func(Request, Response) Response) {
	path := os.Getenv("RUNTIME_SOCKET")
	if path == "" {
		fmt.Fprintln(os.Stderr, "runtime: this is a compiled function, which the gateway of a run image starts; mount its archive there")
		os.Exit(usageError)
	}
	os.Unsetenv("RUNTIME_SOCKET")
	os.Args = os.Args[:1]
	connection, err := dial(path)
	if err != nil {
		fmt.Fprintln(os.Stderr, "runtime: no connection to the gateway:", err)
		os.Exit(1)
	}
	connection.write(readyFrame(concurrency))
	for {
		kind, id, body, err := connection.read()
		if err != nil {
			os.Exit(0) // the gateway is gone
		}
		switch kind {
		case frameRequest:
			go serve(connection, function, id, body)
		case framePing:
			go connection.write(newFrame(framePong, id))
		}
	}
}

// serve calls the function and says how it ended: by returning, by a panic, or by runtime.Goexit, which runs the
// deferred functions but is not for recover to see.
func serve(connection *wire, function func(Request, Response) Response, id uint32, body []byte) {
	end := errorFrame(id, 500, "the function ended its goroutine with runtime.Goexit")
	defer func() {
		if thrown := recover(); thrown != nil {
			end = errorFrame(id, 500, strings.ToValidUTF8(describePanic(thrown), "\uFFFD"))
		}
		connection.write(end)
	}()
	request, err := readRequest(body)
	if err != nil {
		end = errorFrame(id, 500, err.Error())
		return
	}
	connection.write(newFrame(frameStarted, id))
	end = function(request, Response{}).frame(id)
}
