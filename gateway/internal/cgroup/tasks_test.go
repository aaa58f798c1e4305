package cgroup

import (
	"os"
	"path/filepath"
	"testing"
)

func TestTasksAreReadFromEitherVersionOfControlGroups(t *testing.T) {
	for name, c := range map[string]struct {
		files map[string]string
		want  Tasks
	}{
		"v2":               {map[string]string{"pids.max": "128\n", "pids.current": "20\n"}, Tasks{20, 128}},
		"v2 with no limit": {map[string]string{"pids.max": "max\n", "pids.current": "20\n"}, Tasks{}},
		"v1":               {map[string]string{"pids/pids.max": "128\n", "pids/pids.current": "20\n"}, Tasks{20, 128}},
		"v1 with no limit": {map[string]string{"pids/pids.max": "max\n", "pids/pids.current": "20\n"}, Tasks{}},
		"neither":          {nil, Tasks{}},
		"without a number": {map[string]string{"pids.max": "128\n"}, Tasks{}},
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
		if got := ReadTasks(root); got != c.want {
			t.Errorf("L6, %s: got %v, want %v", name, got, c.want)
		}
	}
	if (Tasks{120, 128}).Fit(9) || !(Tasks{120, 128}).Fit(8) || !(Tasks{}).Fit(1<<30) {
		t.Error("L6: what fits is counted wrong")
	}
}
