package testworker

import (
	"bufio"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"runtimekit/gateway/internal/frames"
)

// Action is the header of a request that says what the function does: words with arguments, one after the other, each
// `word argument` up to a bar.
const Action = "x-do"

// Seen is what a function that takes a context has seen of its request.
type Seen struct {
	Logging                                      bool
	Method, Scheme, Host, Path, QueryString, URL string
	Port                                         int
	Query, Headers                               map[string]string
	Body                                         string
	Environ                                      []string
	UID, PID                                     int
	File                                         string // the function's
}

// serveContexts serves requests of functions that take a context, until the gateway ends the connection. A function
// called `request` says that it takes a request and a response. All but `serial2` can change their output.
func (w *worker) serveContexts(name string, mode frames.Mode) {
	flags := frames.TakesContext
	if name == "request" {
		flags = 0
	}
	if name != "serial2" {
		flags |= frames.ChangesOutput
	}
	w.write(frames.KindReady, 0, []byte{byte(mode), 0, 0, 0, frames.MaxRunning, flags})
	if strings.HasPrefix(name, "echo") {
		w.echo(mode == frames.ModeShared)
	}
	r := bufio.NewReaderSize(w.conn, 64<<10)
	for {
		var raw [9]byte
		if _, err := io.ReadFull(r, raw[:]); err != nil {
			os.Exit(0)
		}
		// Not frames.ReadHeader: it refuses large frames that come from workers.
		h := frames.Header{Kind: frames.Kind(raw[4]), ID: binary.BigEndian.Uint32(raw[5:]), Size: int(binary.BigEndian.Uint32(raw[:])) - 5}
		body, _ := frames.ReadBody(r, h)
		switch {
		case h.Kind == frames.KindPing:
			w.write(frames.KindPong, h.ID, nil)
		case h.Kind == frames.KindOutput:
			changeOutput(string(body[4:]))
		case h.Kind != frames.KindCall:
			fmt.Fprintln(os.Stderr, "unexpected frame", h.Kind)
			os.Exit(1)
		case mode == frames.ModeShared:
			go func() {
				w.write(frames.KindStarted, h.ID, nil)
				w.actInContext(h.ID, body)
			}()
		default:
			w.actInContext(h.ID, body)
		}
	}
}

// changeOutput acts on OUTPUT.
func changeOutput(folder string) {
	for descriptor, name := range map[int]string{1: "stdout", 2: "stderr"} {
		stream, err := syscall.Open(filepath.Join(folder, name), syscall.O_WRONLY|syscall.O_CLOEXEC, 0)
		if err != nil || syscall.Dup3(stream, descriptor, 0) != nil || syscall.Close(stream) != nil {
			os.Exit(1)
		}
	}
}

// readCall reads the body of a CALL.
func readCall(body []byte) Seen {
	s := Seen{Logging: body[0]&1 != 0, Environ: os.Environ(), UID: os.Getuid(), PID: os.Getpid(), File: os.Args[len(os.Args)-1]}
	body = body[1:]
	read := func(texts ...*string) {
		for _, text := range texts {
			size := binary.BigEndian.Uint32(body)
			*text, body = string(body[4:4+size]), body[4+size:]
		}
	}
	read(&s.Method, &s.Scheme, &s.Host)
	s.Port, body = int(binary.BigEndian.Uint16(body)), body[2:]
	read(&s.Path, &s.QueryString, &s.URL)
	s.Query, body = readMap(body)
	s.Headers, body = readMap(body)
	s.Body = string(body)
	return s
}

// actInContext is the function. It answers with what it has seen, as JSON, unless it is told to do something else.
func (w *worker) actInContext(id uint32, body []byte) {
	seen := readCall(body)
	status, headers := int32(200), []frames.Field{{Name: "Content-Type", Value: "application/json"}}
	for _, action := range strings.Split(seen.Headers[Action], "|") {
		word, argument, _ := strings.Cut(strings.TrimSpace(action), " ")
		number, _ := strconv.Atoi(argument)
		switch word {
		case "log", "error", "native":
			if seen.Logging {
				stream := map[string]byte{"error": 1}[word]
				argument = strings.ReplaceAll(argument, "%n", "\n") // a header has one line
				w.write(frames.KindLog, id, append([]byte{stream, map[string]byte{"native": 1}[word]}, argument...))
			}
		case "log-long":
			w.write(frames.KindLog, id, append([]byte{0, 0}, strings.Repeat("é", number)...))
		case "log-many":
			for i := range number {
				w.write(frames.KindLog, id, fmt.Appendf([]byte{0, 0}, "%d %s", i, strings.Repeat("x", 1000)))
			}
		case "print":
			fmt.Println(argument)
		case "print-long":
			fmt.Println(strings.Repeat("y", number))
		case "print-part":
			fmt.Print(argument)
		case "print-error":
			fmt.Fprintln(os.Stderr, argument)
		case "child":
			command := exec.Command("sh", "-c", argument)
			command.Stdout, command.Stderr = os.Stdout, os.Stderr
			_ = command.Run()
		case "sleep":
			time.Sleep(time.Duration(number) * time.Millisecond) // the action itself
		case "spin":
			for {
			}
		case "exit":
			os.Exit(number)
		case "status":
			status = int32(number)
		case "header":
			name, value, _ := strings.Cut(argument, "=")
			headers = append(headers, frames.Field{Name: name, Value: strings.NewReplacer(`\n`, "\n", `\0`, "\x00").Replace(value)})
		case "many-headers": // of about a KiB each
			for range number {
				headers = append(headers, frames.Field{Name: "X-Many", Value: strings.Repeat("y", 1000)})
			}
		case "no-header":
			headers = nil
		case "echo": // the body, as bytes
			w.result(id, status, headers, []byte(seen.Body))
			return
		case "big":
			w.result(id, status, headers, []byte(strings.Repeat("x", number)))
			return
		case "text":
			w.result(id, status, headers, []byte(argument))
			return
		case "silent":
			w.write(frames.KindSilent, id, nil)
			return
		case "throw":
			w.failure(frames.KindError, id, 500, argument)
			return
		case "read":
			content, err := os.ReadFile(argument)
			w.result(id, status, headers, fmt.Appendf(nil, "%q %v", content, err))
			return
		case "write-file":
			err := os.WriteFile(argument, []byte("by the function"), 0o644)
			w.result(id, status, headers, fmt.Appendf(nil, "%v", err))
			return
		case "answer": // the frame of the other shape
			w.answer(id, 200, 0, []byte("x"))
			return
		case "result-then-native":
			w.result(id, status, headers, nil)
			w.write(frames.KindLog, id, append([]byte{0, 1}, argument...))
			return
		case "result-then-log":
			w.result(id, status, headers, nil)
			w.write(frames.KindLog, id, append([]byte{0, 0}, "too late"...))
			return
		}
	}
	text, _ := json.Marshal(seen)
	w.result(id, status, headers, text)
}

func (w *worker) result(id uint32, status int32, headers []frames.Field, body []byte) {
	b := frames.AppendFields(binary.BigEndian.AppendUint32(nil, uint32(status)), headers)
	w.write(frames.KindResult, id, append(b, body...))
}
