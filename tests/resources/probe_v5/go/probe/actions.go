// Package probe does what the header x-action says (tests/resources/probe_v5/README.md).
package probe

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"runtime/debug"
	"strings"
	"syscall"
	"time"

	"github.com/open-runtimes/types-for-go/v4/openruntimes"
)

type (
	context  = *openruntimes.Context
	response = openruntimes.Response
)

// TypeError is what the probe throws.
type TypeError string

func (e TypeError) Error() string { return string(e) }

// given are the parameters of x-with. A missing one has its default.
type given struct {
	Text       string
	Value      any
	URL        string
	Body       any
	Status     *int
	Headers    map[string]any
	Bytes      int
	Number     int
	Size       int
	Prints     []string
	Logs       []string
	Errors     []string
	How        string
	Entries    int
	Characters int
	Command    string
	Name       string
	Lines      int
	Seconds    float64
	Code       int
	PID        any
	Path       string
	MiB        int
}

// with are the options of the status and the headers that were asked for.
func (g given) with(c context) []openruntimes.ResponseOption {
	headers := map[string]string{}
	for name, value := range g.Headers {
		if several, ok := value.([]any); ok {
			lines := make([]string, len(several))
			for at, one := range several {
				lines[at] = fmt.Sprint(one)
			}
			value = strings.Join(lines, "\n")
		}
		headers[name] = fmt.Sprint(value)
	}
	options := []openruntimes.ResponseOption{c.Res.WithHeaders(headers)}
	if g.Status != nil {
		options = append(options, c.Res.WithStatusCode(*g.Status))
	}
	return options
}

// Act finds the action and takes it.
func Act(Context openruntimes.Context) openruntimes.Response {
	name, ok := Context.Req.Headers["x-action"]
	if !ok {
		name = "seen"
	}
	action, ok := actions[name]
	if !ok {
		panic("no such action: " + name)
	}
	g := given{Text: "text"}
	if text := Context.Req.Headers["x-with"]; text != "" {
		if err := json.Unmarshal([]byte(text), &g); err != nil {
			panic(err)
		}
	}
	return action(&Context, g)
}

var actions map[string]func(context, given) response

func init() {
	actions = map[string]func(context, given) response{
		"seen": seen,
		"body": body,
		"body-json": func(c context, _ given) response {
			var value any
			if err := c.Req.BodyJson(&value); err != nil {
				panic(err)
			}
			return c.Res.Json(map[string]any{"value": value})
		},
		"echo": func(c context, _ given) response {
			headers := map[string]string{"content-type": "application/octet-stream"}
			return c.Res.Binary(c.Req.BodyBinary(), c.Res.WithHeaders(headers))
		},
		"text": func(c context, g given) response { return c.Res.Text(g.Text, g.with(c)...) },
		"json": func(c context, g given) response { return c.Res.Json(g.Value, g.with(c)...) },
		"binary": func(c context, _ given) response {
			every := make([]byte, 256)
			for at := range every {
				every[at] = byte(at)
			}
			return c.Res.Binary(every)
		},
		"empty":    func(c context, _ given) response { return c.Res.Empty() },
		"redirect": func(c context, g given) response { return c.Res.Redirect(g.URL, g.with(c)...) },
		"send":     func(c context, g given) response { return c.Res.Send(fmt.Sprint(g.Body)) },
		"big":      func(c context, g given) response { return c.Res.Binary(bytes.Repeat([]byte("x"), g.Bytes)) },
		"many-headers": func(c context, g given) response {
			headers := map[string]string{}
			for at := 0; at < g.Number; at++ {
				headers[fmt.Sprintf("x-%d", at)] = strings.Repeat("v", g.Size)
			}
			return c.Res.Text("text", c.Res.WithHeaders(headers))
		},
		"not-returned": func(c context, _ given) response {
			c.Res.Text("first", c.Res.WithStatusCode(201))
			return c.Res.Text("second")
		},
		"throws": func(c context, _ given) response {
			c.Log("before")
			panic(TypeError("on purpose"))
		},
		"log":    logs,
		"values": values,
		"prints": prints,
		"flood":  flood,
		"mixed":  mixed,
		"child": func(c context, g given) response {
			child(g.Command)
			return c.Res.Text("ended")
		},
		"sleep": func(c context, g given) response {
			for _, each := range g.Logs {
				c.Log(each)
			}
			time.Sleep(time.Duration(g.Seconds * float64(time.Second))) // what the caller asks for
			c.Log("too late")
			return c.Res.Text("slept")
		},
		"spin": func(c context, _ given) response {
			c.Log("before")
			for {
			}
		},
		"late": func(c context, _ given) response {
			time.AfterFunc(100*time.Millisecond, func() {
				c.Log("late")
				fmt.Println("late, printed")
			})
			return c.Res.Text("answered")
		},
		"exit": func(c context, g given) response {
			c.Log("before")
			os.Exit(g.Code)
			return response{}
		},
		"abort": func(c context, _ given) response {
			c.Log("before")
			debug.SetTraceback("crash") // Go ends with exit code 2 else
			_ = syscall.Kill(os.Getpid(), syscall.SIGABRT)
			select {}
		},
		"signal":      signal,
		"environment": environment,
		"identity":    identity,
		"read":        read,
		"write":       write,
		"fill":        fill,
	}
}
