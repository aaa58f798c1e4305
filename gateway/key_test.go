package main

import (
	"slices"
	"testing"
)

func TestKeyIsReadUnderBothNames(t *testing.T) {
	for _, c := range []struct {
		set  map[string]string
		want string // "": an error
	}{
		{map[string]string{"INTERNAL_RUNTIME_KEY": "a", "APPWRITE_INTERNAL_RUNTIME_KEY": "b"}, "a"},
		{map[string]string{"APPWRITE_INTERNAL_RUNTIME_KEY": "b"}, "b"},
		{map[string]string{"INTERNAL_RUNTIME_KEY": "a\n"}, ""},
		{map[string]string{"INTERNAL_RUNTIME_KEY": " a"}, ""},
		{nil, ""},
	} {
		got, err := keyFrom(func(name string) string { return c.set[name] })
		if got != c.want || (err == nil) != (c.want != "") {
			t.Errorf("R1, R2: %q: got %q, %v", c.set, got, err)
		}
	}
}

func TestWorkersDoNotGetTheKey(t *testing.T) {
	got := workerEnvironment([]string{
		"PATH=/bin", "INTERNAL_RUNTIME_KEY=k", "Appwrite_Internal_Runtime_Key=x", "COPY=k", "RUNTIME_SOCKET=/s", "A=kk",
	}, "k")
	if want := []string{"PATH=/bin", "A=kk"}; !slices.Equal(got, want) {
		t.Errorf("R4: got %q", got)
	}
}
