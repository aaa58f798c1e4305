package files

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"
	"unsafe"

	"runtimekit/gateway/internal/failure"
)

// function makes the folder of an interpreted function and its resolver.
func function(t *testing.T) *Resolver {
	t.Helper()
	folder := t.TempDir()
	for name, text := range map[string]string{".entrypoint": "main\n", "main": "", "sub/other": ""} {
		path := filepath.Join(folder, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink("/etc/passwd", filepath.Join(folder, "outside")); err != nil {
		t.Fatal(err)
	}
	r, err := NewResolver(folder, false)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestResolveFindsFilesInsideTheFunctionOnly(t *testing.T) {
	r := function(t)
	sub := []byte(r.Root + "/sub")
	for _, c := range []struct {
		path, file []byte
		want       string // "": a failure of status 404
	}{
		{nil, nil, "/main"},
		{nil, []byte("sub/../main"), "/main"},
		{sub, []byte("other"), "/sub/other"},
		{sub, []byte("../main"), ""},
		{nil, []byte("outside"), ""},
		{nil, []byte("missing"), ""},
		{nil, []byte(""), ""},
		{nil, []byte("/etc/passwd"), ""},
		{[]byte("/etc"), []byte("passwd"), ""},
	} {
		got, err := r.Resolve(c.path, c.file)
		if c.want != "" {
			if err != nil || got != r.Root+c.want {
				t.Errorf("R8: %q in %q: got %q, %v", c.file, c.path, got, err)
			}
			continue
		}
		var f *failure.Error
		if !errors.As(err, &f) || f.Code != 404 {
			t.Errorf("R8: %q in %q: got %q, %v", c.file, c.path, got, err)
		}
	}
}

// A file that is named again is looked at again, though only at its name.
func TestAFileThatWasFoundIsNotTakenForGranted(t *testing.T) {
	r := function(t)
	path := filepath.Join(r.Root, "main")
	step := func(what string, there bool) {
		t.Helper()
		for range 2 {
			if got, err := r.Resolve(nil, nil); (err == nil) != there || (there && got != path) {
				t.Errorf("R8: %s: got %q, %v", what, got, err)
			}
		}
	}
	step("at first", true)
	if last := r.last.Load(); !noPlainLookUps.Load() && (last == nil || !last.stays(r.descriptor)) {
		t.Errorf("the file is looked up anew for each request: %+v", last)
	}
	for what, change := range map[string]func() error{
		"removed":               func() error { return nil },
		"a link that leads out": func() error { return os.Symlink("/etc/passwd", path) },
		"a folder":              func() error { return os.Mkdir(path, 0o755) },
		"a link to nothing":     func() error { return os.Symlink("nothing", path) },
	} {
		if err := errors.Join(os.RemoveAll(path), change()); err != nil {
			t.Fatal(err)
		}
		step(what, false)
		if err := errors.Join(os.RemoveAll(path), os.WriteFile(path, nil, 0o644)); err != nil {
			t.Fatal(err)
		}
		step("again after "+what, true)
	}
}

// Names without links are found in fewer system calls, and only those.
func TestPlainNamesNeedNoDetour(t *testing.T) {
	r := function(t)
	if found, ok := plain(r.Root, "main"); noPlainLookUps.Load() {
		t.Skip("this kernel cannot look up files without waiting, or does not allow it")
	} else if !ok || found != r.Root+"/main" {
		t.Errorf("R8: got %q, %v", found, ok)
	}
	if found, ok := plain(r.Root, "sub/other"); !ok || found != r.Root+"/sub/other" {
		t.Errorf("R8: got %q, %v", found, ok)
	}
	if size := unsafe.Sizeof(fileStatus{}); size != 256 {
		t.Errorf("struct statx has %d bytes", size)
	}
	for link, target := range map[string]string{"link": "main", "folder": "sub", "up": ".."} {
		if err := os.Symlink(target, filepath.Join(r.Root, link)); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{
		"outside", "link", "folder/other", "up/main", "missing", "sub", "sub/", ".", "..", "", "./main", "sub/../main",
		"sub//other", "../main", "/etc/passwd", "main/", "main\x00",
	} {
		if found, ok := plain(r.Root, name); ok {
			t.Errorf("R8: %q was found as %q", name, found)
		}
	}
	if err := os.Rename(r.Root, r.Root+"-moved"); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(r.Root+"-moved", r.Root); err != nil {
		t.Fatal(err)
	}
	if found, ok := plain(r.Root, "main"); ok {
		t.Errorf("R8: the folder has become a link, and %q was found", found)
	}
}

// A look-up waits until a slot is free.
func TestFewLookUpsAtOnce(t *testing.T) {
	r := function(t)
	for range lookUpsAtOnce {
		r.slots <- struct{}{}
	}
	found := make(chan error, 1)
	go func() {
		_, err := r.Resolve(nil, []byte("sub/../main"))
		found <- err
	}()
	select {
	case <-found:
		t.Fatal("more look-ups than allowed at a time")
	case <-time.After(50 * time.Millisecond):
	}
	<-r.slots
	if err := <-found; err != nil {
		t.Error(err)
	}
}

func TestACompiledFunctionHasNoFiles(t *testing.T) {
	r, err := NewResolver(t.TempDir(), true)
	if err != nil {
		t.Fatal(err)
	}
	if file, err := r.Resolve([]byte("/etc"), []byte("passwd")); file != "" || err != nil {
		t.Errorf("R8: got %q, %v", file, err)
	}
}

func TestAFunctionWithoutEntrypointIsRefused(t *testing.T) {
	if _, err := NewResolver(t.TempDir(), false); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("got %v", err)
	}
}
