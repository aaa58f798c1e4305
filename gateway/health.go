package main

import (
	"bufio"
	"fmt"
	"net"
	"strings"
	"time"
)

// healthTime is how long the server of this container may take to say whether it is healthy.
const healthTime = 5 * time.Second

// askHealth asks the server that listens at an address whether it is healthy, as --health does. The error says what it
// answers instead. Not package net/http: it would add a whole client to the binary.
func askHealth(address, protocol string) error {
	path := map[string]string{contract2021: "/healthz", openRuntimes: "/__opr/health"}[protocol]
	_, port, err := net.SplitHostPort(address)
	if err != nil {
		return err
	}
	conn, err := net.DialTimeout("tcp", net.JoinHostPort("127.0.0.1", port), healthTime)
	if err != nil {
		return err
	}
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(healthTime))
	if _, err = fmt.Fprintf(conn, "GET %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", path); err != nil {
		return err
	}
	line, err := bufio.NewReader(conn).ReadString('\n')
	if err != nil {
		return err
	}
	if status := strings.TrimSpace(line); !strings.HasPrefix(status, "HTTP/1.1 200") {
		return fmt.Errorf("%s answers %s", path, strings.TrimPrefix(status, "HTTP/1.1 "))
	}
	return nil
}
