package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"runtimekit/gateway/internal/dispatch"
	"runtimekit/gateway/internal/failure"
)

// manyFiles makes copies of the test function and returns the fields that name them.
func (g *instance) manyFiles(count int) []string {
	g.t.Helper()
	var fields []string
	for i := range count {
		name := fmt.Sprintf("serial-%d", i)
		if err := os.WriteFile(filepath.Join(g.code, name), nil, 0o644); err != nil {
			g.t.Fatal(err)
		}
		fields = append(fields, `,"file":"`+name+`"`)
	}
	return fields
}

// More files than may have workers at a time are called, one after the other and all at once. Each request is answered.
func TestMoreFilesThanMayHaveWorkers(t *testing.T) {
	for name, start := range map[string]func() *instance{
		"serial":   func() *instance { return startGateway(t, "serial").ready() },
		"template": func() *instance { return startTemplate(t) },
	} {
		t.Run(name, func(t *testing.T) {
			g := start()
			files := g.manyFiles(dispatch.MaxFiles + 4)
			for round := range 2 {
				requests := make([][2]string, len(files))
				for i, file := range files {
					requests[i] = [2]string{"x", file}
					if r := g.do("x", file); r.status != 200 {
						t.Errorf("round %d, file %d in turn: %d %s", round, i, r.status, failure.Clip(r.body+r.message))
					}
				}
				for i, r := range g.together(requests...) {
					if r.status != 200 {
						t.Errorf("round %d, file %d at once: %d %s", round, i, r.status, failure.Clip(r.body+r.message))
					}
				}
			}
		})
	}
}
