package main

import (
	"os"
	"path/filepath"
	"testing"
	"time"
)

// TestFewLookUpsAtOnce takes all turns: a look-up has to wait until one is free.
func TestFewLookUpsAtOnce(t *testing.T) {
	r := resolverOf(t, "index.js")
	for range lookUpsAtOnce {
		r.turns <- struct{}{}
	}
	found := make(chan error, 1)
	go func() {
		_, err := r.resolve(&envelope{})
		found <- err
	}()
	select {
	case <-found:
		t.Fatal("one look-up more than may be was made")
	case <-time.After(50 * time.Millisecond):
	}
	<-r.turns
	if err := <-found; err != nil {
		t.Error(err)
	}
}

func resolverOf(t *testing.T, entrypoint string) *fileResolver {
	t.Helper()
	folder := t.TempDir()
	for name, text := range map[string]string{".entrypoint": entrypoint, entrypoint: ""} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	r, err := newFileResolver(folder, false)
	if err != nil {
		t.Fatal(err)
	}
	return r
}
