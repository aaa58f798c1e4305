package main

import (
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

const internal = "runtimekit/gateway/internal/"

// layers are the gateway's packages from the top. A package may import packages of lower layers only. README.md shows
// them.
var layers = [][]string{
	{"server"},
	{"contract", "openruntimes"},
	{"dispatch"},
	{"process", "frames", "files", "logbook", "metrics"},
	{"http1", "envelope", "seccomp", "epoll", "cgroup", "direct"},
	{"limits", "procfs", "failure", "exit", "starttimes"},
	{"testconn"}, // tests of every package may use it; tests/unit/test_architecture.py keeps other files from it
}

// forTests are packages that only tests import, from the top. They may import every package but main.
var forTests = []string{"e2e", "testworker"}

func TestImportsGoDown(t *testing.T) {
	height := map[string]int{}
	for i, layer := range layers {
		for _, name := range layer {
			height[name] = len(layers) - i
		}
	}
	for i, name := range forTests {
		height[name] = len(layers) + len(forTests) - i
	}
	folders, err := os.ReadDir("internal")
	if err != nil {
		t.Fatal(err)
	}
	for _, folder := range folders {
		name := folder.Name()
		if height[name] == 0 {
			t.Errorf("package %s has no layer; give it one in layers", name)
			continue
		}
		for imported, file := range importsOf(t, filepath.Join("internal", name), name) {
			if height[imported] >= height[name] {
				t.Errorf("%s: %s must not import %s, which is not below it", file, name, imported)
			}
		}
	}
	for imported, file := range importsOf(t, ".", "main") {
		if height[imported] > len(layers) {
			t.Errorf("%s: main must not import %s, which is for tests", file, imported)
		}
	}
}

// importsOf returns which of the gateway's packages a package imports, and a file that does. Tests outside a package,
// in NAME_test, do not count.
func importsOf(t *testing.T, folder, name string) map[string]string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(folder, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]string{}
	for _, path := range files {
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
		if err != nil {
			t.Fatal(err)
		}
		if file.Name.Name != name {
			continue
		}
		for _, spec := range file.Imports {
			imported, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				t.Fatal(err)
			}
			if inner, ours := strings.CutPrefix(imported, internal); ours {
				found[inner] = path
			}
		}
	}
	return found
}
