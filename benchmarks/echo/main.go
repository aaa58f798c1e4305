// The echo worker of `./dev bench`: it answers as the documented test function does, with as little work as the worker
// protocol allows, so that what is measured is the gateway. It runs in Go's run image.
package main

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"os"
)

const (
	request, ping, ready, started, answer, pong = 0x01, 0x02, 0x11, 0x13, 0x14, 0x16

	shared      = 2
	concurrency = 64
	headSize    = 9
)

func main() {
	if err := serve(); err != nil && err != io.EOF {
		fmt.Fprintln(os.Stderr, "echo worker:", err)
		os.Exit(1)
	}
}

func serve() error {
	conn, err := net.Dial("unix", os.Getenv("RUNTIME_SOCKET"))
	if err != nil {
		return err
	}
	reader, writer := bufio.NewReaderSize(conn, 64<<10), bufio.NewWriterSize(conn, 64<<10)
	send(writer, ready, 0, []byte{shared, 0, 0, 0, concurrency})
	for {
		if reader.Buffered() == 0 { // all that is there is answered before it waits
			if err := writer.Flush(); err != nil {
				return err
			}
		}
		head := make([]byte, headSize)
		if _, err := io.ReadFull(reader, head); err != nil {
			return err
		}
		body := make([]byte, binary.BigEndian.Uint32(head)-headSize+4)
		if _, err := io.ReadFull(reader, body); err != nil {
			return err
		}
		switch id := binary.BigEndian.Uint32(head[5:]); head[4] {
		case ping:
			send(writer, pong, id, nil)
		case request:
			send(writer, started, id, nil)
			send(writer, answer, id, answerTo(body))
		}
	}
}

func send(writer *bufio.Writer, kind byte, id uint32, body []byte) {
	head := binary.BigEndian.AppendUint32(nil, uint32(headSize-4+len(body)))
	head = binary.BigEndian.AppendUint32(append(head, kind), id)
	writer.Write(append(head, body...))
}

// answerTo is the answer to the benchmark's request, whose texts need no escapes in JSON.
func answerTo(body []byte) []byte {
	env, rest := pairs(body)
	_, rest = pairs(rest)
	payload, _ := text(rest)
	reply := []byte{0, 0, 0, 200, 1}
	return fmt.Appendf(reply, `{"normal":"Hello World!","env1":"%s","payload":"%s"}`, env["ENV1"], payload)
}

func pairs(body []byte) (map[string]string, []byte) {
	found, count := map[string]string{}, binary.BigEndian.Uint32(body)
	for body = body[4:]; count > 0; count-- {
		var name, value string
		name, body = text(body)
		value, body = text(body)
		found[name] = value
	}
	return found, body
}

func text(body []byte) (string, []byte) {
	size := binary.BigEndian.Uint32(body)
	return string(body[4 : 4+size]), body[4+size:]
}
