// Package testconn makes the connections that tests of several packages need.
package testconn

import (
	"net"
	"testing"
)

// Pair returns the two ends of a TCP connection, which end with the test.
func Pair(t *testing.T) (client *net.TCPConn, server net.Conn) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	dialed, err := net.Dial("tcp", listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	if server, err = listener.Accept(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = dialed.Close()
		_ = server.Close()
	})
	return dialed.(*net.TCPConn), server
}

// Reset closes a connection with RST, as a client does that wants no answer any more.
func Reset(c *net.TCPConn) {
	_ = c.SetLinger(0)
	_ = c.Close()
}
