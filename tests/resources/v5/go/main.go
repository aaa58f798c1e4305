package handler

import "github.com/open-runtimes/types-for-go/v4/openruntimes"

// The function that `./dev bench --protocol v5` measures: one entry in the logs, a small answer.
func Main(Context openruntimes.Context) openruntimes.Response {
	Context.Log(Context.Req.Method, Context.Req.Path)
	return Context.Res.Json(map[string]string{"normal": "Hello World!", "path": Context.Req.Path})
}
