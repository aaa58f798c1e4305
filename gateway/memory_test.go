package main

import (
	"os"
	"path/filepath"
	"testing"
)

func TestMemoryIsReadFromEitherVersionOfControlGroups(t *testing.T) {
	for name, c := range map[string]struct {
		files map[string]string
		want  float64
	}{
		"v2":               {map[string]string{"memory.max": "1000\n", "memory.stat": "anon 500\nfile 9000\n"}, 0.5},
		"v2 with no limit": {map[string]string{"memory.max": "max\n", "memory.stat": "anon 500\n"}, 0},
		"v1": {map[string]string{
			"memory/memory.limit_in_bytes": "1000\n", "memory/memory.stat": "rss 1\ntotal_cache 9000\ntotal_rss 900\n",
		}, 0.9},
		"neither":          {nil, 0},
		"without a number": {map[string]string{"memory.max": "1000\n", "memory.stat": "file 1\n"}, 0},
	} {
		root := t.TempDir()
		for file, text := range c.files {
			path := filepath.Join(root, file)
			if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		if got := memoryUsed(root); got != c.want {
			t.Errorf("T5, %s: got %v, want %v", name, got, c.want)
		}
	}
}
