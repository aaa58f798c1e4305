// Package testworker is a worker for the gateway's tests: its "function" does what the payload says. It knows nothing
// of the gateway but the worker protocol.
package testworker

import (
	"bufio"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"

	"runtimekit/gateway/internal/frames"
)

// worker is the worker's end of its connection.
type worker struct {
	conn net.Conn
	mu   sync.Mutex
}

func (w *worker) write(kind frames.Kind, id uint32, body []byte) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.send(kind, id, body)
}

func (w *worker) send(kind frames.Kind, id uint32, body []byte) {
	_, _ = w.conn.Write(append(frames.AppendHeader(nil, kind, id, len(body)), body...))
}

func (w *worker) failure(kind frames.Kind, id uint32, code uint16, message string) {
	body := binary.BigEndian.AppendUint16(nil, code)
	w.write(kind, id, frames.AppendString(body, []byte(message)))
}

func (w *worker) answer(id uint32, status int32, json byte, text []byte) {
	w.write(frames.KindAnswer, id, answerBody(status, json, text))
}

func answerBody(status int32, json byte, text []byte) []byte {
	return append(append(binary.BigEndian.AppendUint32(nil, uint32(status)), json), text...)
}

// Run serves the gateway that has started this process, until it ends the connection. The name of the function's file
// says how the function loads: shared…, echo…, wrong, throws, dies, loops, once; any other one is serial. Those that end in
// -at-once do not say that a request has started. With RUNTIME_SHAPE=context functions take a context (serveContexts).
func Run(file string) {
	conn, err := net.Dial("unix", os.Getenv("RUNTIME_SOCKET"))
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	w := &worker{conn: conn}
	takesContext := os.Getenv("RUNTIME_SHAPE") == "context"
	if info, err := os.Stat(file); takesContext && (err != nil || !info.Mode().IsRegular()) {
		w.failure(frames.KindFailed, 0, 404, "there is no such file")
		os.Exit(1)
	}
	mode := w.load(file)
	if takesContext {
		w.serveContexts(filepath.Base(file), mode)
	}
	ready := []byte{byte(mode), 0, 0, 0, frames.MaxRunning}
	atOnce := strings.HasSuffix(file, "-at-once")
	switch {
	case atOnce:
		ready = append(ready, frames.BeginsAtOnce)
	case filepath.Base(file) == "context":
		ready = append(ready, frames.TakesContext)
	}
	w.write(frames.KindReady, 0, ready)
	tells := mode == frames.ModeShared && !atOnce // that a request has started
	if strings.HasPrefix(filepath.Base(file), "echo") {
		w.echo(tells)
	}
	r := bufio.NewReaderSize(conn, 64<<10)
	for {
		h, err := frames.ReadHeader(r)
		if err != nil {
			os.Exit(0)
		}
		body, _ := frames.ReadBody(r, h)
		switch {
		case h.Kind == frames.KindPing:
			w.write(frames.KindPong, h.ID, nil)
		case h.Kind == frames.KindRequest && mode == frames.ModeShared:
			if blocking := strings.HasPrefix(payloadOf(body), "block"); blocking {
				w.write(frames.KindStarted, h.ID, nil)
				for {
				}
			}
			go func() {
				if tells {
					w.write(frames.KindStarted, h.ID, nil)
				}
				w.act(h.ID, body)
			}()
		case h.Kind == frames.KindRequest:
			w.act(h.ID, body)
		}
	}
}

// load does what loading the file does, and returns how the worker takes requests.
func (w *worker) load(file string) frames.Mode {
	mode := frames.ModeSerial
	switch name := filepath.Base(file); {
	case strings.HasPrefix(name, "shared"), name == "echo-shared", name == "echo-at-once":
		mode = frames.ModeShared
	case name == "wrong":
		w.failure(frames.KindFailed, 0, 404, "wrong holds no function")
		os.Exit(1)
	case name == "throws":
		w.failure(frames.KindFailed, 0, 500, "SyntaxError: at throws:1")
		os.Exit(1)
	case name == "dies":
		fmt.Println("last words")
		os.Exit(5)
	case name == "loops":
		for {
		}
	case name == "once":
		// Loads only while a file beside it exists: what failed can be repaired.
		if _, err := os.Stat(filepath.Join(filepath.Dir(file), "repaired")); err != nil {
			w.failure(frames.KindFailed, 0, 500, "not repaired")
			os.Exit(1)
		}
	}
	return mode
}

// readMap reads a map of the protocol from the front of a body. It returns the map and what is behind it.
func readMap(body []byte) (map[string]string, []byte) {
	found := map[string]string{}
	next := func() string {
		size := binary.BigEndian.Uint32(body)
		text := string(body[4 : 4+size])
		body = body[4+size:]
		return text
	}
	count := binary.BigEndian.Uint32(body)
	body = body[4:]
	for range count {
		key := next()
		found[key] = next()
	}
	return found, body
}

func payloadOf(body []byte) string {
	_, rest := readMap(body)
	_, rest = readMap(rest)
	return string(rest[4:])
}

// act is the function. A payload is a word, which says what to do, and an argument.
func (w *worker) act(id uint32, body []byte) {
	env, rest := readMap(body)
	headers, rest := readMap(rest)
	word, argument, _ := strings.Cut(string(rest[4:]), " ")
	number := 0
	_, _ = fmt.Sscan(argument, &number)
	switch word {
	case "sleep":
		fmt.Println("asleep")
		time.Sleep(time.Duration(number) * time.Millisecond)
	case "spin":
		for {
		}
	case "exit":
		fmt.Println("one line before the end")
		os.Exit(number)
	case "signal":
		_ = syscall.Kill(os.Getpid(), syscall.Signal(number))
		// Not `select {}`: with all goroutines asleep Go would end the process, too, and hang between the two ends.
		time.Sleep(time.Hour)
	case "signal-parent":
		_ = syscall.Kill(os.Getppid(), syscall.Signal(number))
	case "orphan":
		attributes := &syscall.ProcAttr{Sys: &syscall.SysProcAttr{Setsid: true}}
		pid, _ := syscall.ForkExec("/bin/sleep", []string{"sleep", "1000"}, attributes)
		fmt.Println("orphan", pid)
		w.answer(id, 200, 0, fmt.Append(nil, pid))
		return
	case "silent":
		w.write(frames.KindSilent, id, nil)
		return
	case "throw":
		w.failure(frames.KindError, id, 500, argument)
		return
	case "status":
		w.answer(id, int32(number), 0, []byte("body"))
		return
	case "big":
		w.answer(id, 200, 0, []byte(strings.Repeat("x", number)))
		return
	case "late-exit":
		w.mu.Lock() // and never unlocked: no other request says that it has started any more
		w.send(frames.KindAnswer, id, answerBody(200, 0, []byte("bye")))
		os.Exit(1)
	case "read":
		content, err := os.ReadFile(argument)
		w.answer(id, 200, 0, fmt.Appendf(nil, "%q %v", content, err))
		return
	case "disable":
		text, _ := json.Marshal(append([]string{}, disable(number)...))
		w.answer(id, 200, 0, text)
		return
	case "flood-parent":
		w.answer(id, 200, 0, fmt.Append(nil, floodParent()))
		return
	case "writable":
		text, _ := json.Marshal(append([]string{}, writable(number)...))
		w.answer(id, 200, 0, text)
		return
	case "change-self":
		text, _ := json.Marshal(append([]string{}, changeSelf()...))
		w.answer(id, 200, 0, text)
		return
	case "log-frame":
		w.write(frames.KindLog, id, []byte{0, 0})
		return
	case "result-frame":
		w.result(id, 200, nil, nil)
		return
	case "garbage":
		_, _ = w.conn.Write([]byte("\xff\xff\xff\xff\x15garbage"))
		return
	}
	text, _ := json.Marshal(map[string]any{
		"env": env, "headers": headers, "payload": string(rest[4:]), "pid": os.Getpid(), "environ": os.Environ(),
	})
	w.answer(id, 200, 1, text)
}
