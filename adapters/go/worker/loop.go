// Package worker is the Go worker: it answers the gateway's requests with one function (docs/worker-protocol.md).
// build.sh compiles it together with the function; it uses nothing newer than the oldest go.mod a function may have.
package worker

import (
	"fmt"
	"os"
	"strings"
)

const usageError = 64

// loop says what the worker is, and hands what comes for the function to `serve`, each in a goroutine of its own, until
// the gateway closes the connection.
func loop(ready []byte, called byte, serve func(connection *wire, id uint32, body []byte) []byte) {
	path := os.Getenv("RUNTIME_SOCKET")
	if path == "" {
		fmt.Fprintln(os.Stderr, "runtime: this is a compiled function, which the gateway of a run image starts; mount its archive there")
		os.Exit(usageError)
	}
	os.Unsetenv("RUNTIME_SOCKET")
	os.Unsetenv("RUNTIME_SHAPE")
	os.Args = os.Args[:1]
	connection, err := dial(path)
	if err != nil {
		fmt.Fprintln(os.Stderr, "runtime: no connection to the gateway:", err)
		os.Exit(1)
	}
	connection.write(ready)
	for {
		kind, id, body, err := connection.read()
		if err != nil {
			os.Exit(0) // the gateway is gone
		}
		switch kind {
		case called:
			go attend(connection, id, body, serve)
		case framePing:
			go connection.write(newFrame(framePong, id))
		}
	}
}

// attend calls the function and says how it ended: by returning, by a panic, or by runtime.Goexit, which runs the
// deferred functions but is not for recover to see.
func attend(connection *wire, id uint32, body []byte, serve func(connection *wire, id uint32, body []byte) []byte) {
	end := errorFrame(id, 500, "the function ended its goroutine with runtime.Goexit")
	defer func() {
		if thrown := recover(); thrown != nil {
			end = errorFrame(id, 500, strings.ToValidUTF8(describePanic(thrown), "\uFFFD"))
		}
		connection.write(end)
	}()
	end = serve(connection, id, body)
}
