// Package function is the probe: it does whatever the payload's action says (tests/resources/probe/README.md).
package function

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"sync/atomic"
	"syscall"
	"time"
)

// late is how long after the function's end something still happens.
const late = 50 * time.Millisecond

var count atomic.Int64

// options are the payload's; a missing one is nil.
type options struct {
	Action  string
	Text    *string
	Value   any
	Status  int
	Kind    string
	Seconds *float64
	Code    int
	Lines   *int
	Stream  string
	Line    string
	Bytes   int
	MiB     *int
	Path    string
	PID     int
	Signal  *int
	Count   *int
}

// or is the value of an option, or its default.
func or[T any](option *T, otherwise T) T {
	if option == nil {
		return otherwise
	}
	return *option
}

func (o options) wait() time.Duration {
	return time.Duration(or(o.Seconds, 1) * float64(time.Second))
}

// Main finds the action and takes it.
func Main(req Request, res Response) Response {
	var o options
	_ = json.Unmarshal([]byte(req.Payload), &o)
	if o.Action == "" {
		o.Action = "answer"
	}
	action, known := actions[o.Action]
	if !known {
		panic("the probe knows no action " + o.Action)
	}
	return action(req, res, o)
}

func everything(req Request, res Response) Response {
	return res.JSON(map[string]any{"env": req.Env, "payload": req.Payload, "headers": req.Headers})
}

var actions = map[string]func(Request, Response, options) Response{
	"answer": func(req Request, res Response, _ options) Response { return everything(req, res) },
	"text":   func(_ Request, res Response, o options) Response { return res.Send(or(o.Text, "Hello")) },
	"json":   func(_ Request, res Response, o options) Response { return res.JSON(o.Value) },
	"both": func(_ Request, res Response, _ options) Response {
		res.Send("first")
		return res.JSON(map[string]bool{"last": true})
	},
	"none": func(Request, Response, options) Response { return Response{} },
	"twice": func(_ Request, res Response, _ options) Response {
		res.Send("first")
		return res.Send("second")
	},
	"late": func(_ Request, res Response, _ options) Response {
		time.AfterFunc(late, func() { res.Send("too late") })
		return res.Send("in time")
	},
	"status":         func(_ Request, res Response, o options) Response { return res.Send("status", o.Status) },
	"bytes":          func(_ Request, res Response, _ options) Response { return res.Send("\xff\xfe") },
	"unserialisable": unserialisable,
	"throw":          throw,
	"sleep": func(_ Request, res Response, o options) Response {
		time.Sleep(o.wait())
		return res.Send("slept")
	},
	"block": func(_ Request, res Response, o options) Response {
		duration := syscall.NsecToTimespec(o.wait().Nanoseconds())
		for syscall.Nanosleep(&duration, &duration) == syscall.EINTR {
		}
		return res.Send("blocked")
	},
	"spin": func(_ Request, res Response, o options) Response {
		for start := time.Now(); o.Seconds == nil || time.Since(start) < o.wait(); {
		}
		return res.Send("spun")
	},
	"exit": func(_ Request, res Response, o options) Response {
		os.Exit(o.Code)
		return res
	},
	"abort": func(_ Request, res Response, o options) Response {
		if o.Line != "" {
			begun, err := os.OpenFile("/tmp/begun", os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
			if err != nil {
				panic(err)
			}
			fmt.Fprintln(begun, o.Line)
		}
		_ = syscall.Kill(os.Getpid(), syscall.SIGABRT)
		select {}
	},
	"print": func(_ Request, res Response, o options) Response {
		stream := os.Stdout
		if o.Stream == "stderr" {
			stream = os.Stderr
		}
		for number := 1; number <= or(o.Lines, 1); number++ {
			line := or(o.Text, fmt.Sprintf("line %d ", number))
			line += strings.Repeat("x", max(0, o.Bytes-len(line)))
			fmt.Fprintln(stream, strings.TrimRight(line, " "))
		}
		return res.Send("printed")
	},
	"allocate": func(_ Request, res Response, o options) Response {
		held := make([][]byte, or(o.MiB, 1))
		for index := range held {
			held[index] = []byte(strings.Repeat("x", 1<<20))
		}
		if len(held) == 0 {
			return res.Send("nothing")
		}
		return res.Send("allocated")
	},
	"environ": func(_ Request, res Response, _ options) Response {
		environ := map[string]string{}
		for _, pair := range os.Environ() {
			name, value, _ := strings.Cut(pair, "=")
			environ[name] = value
		}
		return res.JSON(environ)
	},
	"read": func(_ Request, res Response, o options) Response {
		content, err := os.ReadFile(o.Path)
		if err != nil {
			panic(err)
		}
		return res.Send(strings.ToValidUTF8(string(content), "\uFFFD"))
	},
	"kill": func(_ Request, res Response, o options) Response {
		if err := syscall.Kill(o.PID, syscall.Signal(or(o.Signal, 9))); err != nil {
			panic(err)
		}
		return res.Send("killed")
	},
	"forks": func(_ Request, res Response, o options) Response {
		started, err := untilError(or(o.Count, 200), func() error { _, err := startSleeper(); return err })
		return res.JSON(map[string]any{"started": started, "error": err})
	},
	"descriptors": func(_ Request, res Response, o options) Response {
		opened, err := untilError(or(o.Count, 100_000), func() error {
			_, err := syscall.Open("/dev/null", syscall.O_RDONLY, 0)
			return err
		})
		return res.JSON(map[string]any{"opened": opened, "error": err})
	},
	"fill": fill,
	"tamper": func(_ Request, res Response, _ options) Response {
		_ = os.Chdir("/")
		os.Clearenv()
		_ = os.Setenv("TZ", "Pacific/Kiritimati")
		time.Local = time.FixedZone("nowhere", 14*60*60)
		return res.Send("tampered")
	},
	"mutate": func(req Request, res Response, _ options) Response {
		req.Env["MUTATED"] = "yes"
		req.Headers["mutated"] = "yes"
		req.Payload = "mutated"
		return everything(req, res)
	},
	"counter": func(_ Request, res Response, _ options) Response {
		return res.JSON(map[string]int64{"counter": count.Add(1)})
	},
	"pid": func(_ Request, res Response, _ options) Response {
		return res.JSON(map[string]int{"pid": os.Getpid()})
	},
	"uid": func(_ Request, res Response, _ options) Response {
		return res.JSON(map[string]int{"uid": os.Getuid(), "gid": os.Getgid()})
	},
	"spawn": func(_ Request, res Response, _ options) Response {
		pid, err := startSleeper()
		if err != nil {
			panic(err)
		}
		return res.JSON(map[string]int{"pid": pid})
	},
	"big": func(_ Request, res Response, o options) Response { return res.Send(strings.Repeat("x", o.Bytes)) },
	"proto": func(req Request, res Response, _ options) Response {
		value, known := req.Env["__proto__"]
		if !known {
			return res.JSON(map[string]any{"value": nil})
		}
		return res.JSON(map[string]string{"value": value})
	},
}
