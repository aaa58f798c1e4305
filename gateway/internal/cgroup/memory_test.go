package cgroup

import (
	"os"
	"path/filepath"
	"testing"
)

func TestMemoryIsReadFromEitherVersionOfControlGroups(t *testing.T) {
	for name, c := range map[string]struct {
		files map[string]string
		want  Memory
	}{
		"v2":               {map[string]string{"memory.max": "1000\n", "memory.stat": "anon 500\nfile 9000\nshmem 70\n"}, Memory{570, 1000}},
		"v2 with no limit": {map[string]string{"memory.max": "max\n", "memory.stat": "anon 500\n"}, Memory{}},
		"v1": {map[string]string{
			"memory/memory.limit_in_bytes": "1000\n", "memory/memory.stat": "rss 1\ntotal_cache 9000\ntotal_rss 900\ntotal_shmem 70\n",
		}, Memory{970, 1000}},
		"neither":          {nil, Memory{}},
		"without a number": {map[string]string{"memory.max": "1000\n", "memory.stat": "file 1\n"}, Memory{}},
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
		if got := ReadMemory(root); got != c.want {
			t.Errorf("T5, %s: got %v, want %v", name, got, c.want)
		}
	}
}

func TestWorkersThatLoadAreCountedAsIfTheyHadLoaded(t *testing.T) {
	for _, c := range []struct {
		now     Memory
		more    int64
		isBelow bool
	}{
		{Memory{700, 1000}, 100, true},
		{Memory{700, 1000}, 101, false},
		{Memory{801, 1000}, 0, false},
		{Memory{5000, 0}, 5000, true},
	} {
		if got := c.now.Below(0.8, c.more); got != c.isBelow {
			t.Errorf("T5, %v and %d more: got %v", c.now, c.more, got)
		}
	}
}
