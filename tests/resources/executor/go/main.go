// Package handler is what an executor asks of a function.
package handler

import (
	"errors"
	"os"
	"strings"
	"syscall"
	"time"

	"example.org/greeting"
	"github.com/open-runtimes/types-for-go/v4/openruntimes"
)

func Main(Context openruntimes.Context) openruntimes.Response {
	req, res := Context.Req, Context.Res
	Context.Log("called", req.Method, req.Path, greeting.Text)
	switch req.Path {
	case "/sleep":
		time.Sleep(30 * time.Second) // longer than any time-out of the tests
	case "/crash":
		_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
		select {}
	case "/echo":
		return res.Binary(req.BodyBinary(), res.WithStatusCode(201), res.WithHeaders(map[string]string{"x-made-by": "a function"}))
	case "/write":
		_ = os.WriteFile("/tmp/written", nil, 0o644)
		if err := os.WriteFile("/mnt/logs/forged_logs.log", nil, 0o644); errors.Is(err, syscall.EACCES) {
			Context.Error("EACCES")
		}
	}
	env := map[string]string{}
	for _, pair := range os.Environ() {
		name, value, _ := strings.Cut(pair, "=")
		env[name] = value
	}
	folder, _ := os.Getwd()
	return res.Json(map[string]any{
		"env": env, "headers": req.Headers, "folder": folder, "body": req.BodyText(), "url": req.Url,
	})
}
