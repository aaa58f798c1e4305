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

func TestSecretMustBeSetButMayBeEmpty(t *testing.T) {
	for _, c := range []struct {
		set  map[string]string
		want bool
	}{
		{map[string]string{secretName: "a"}, true}, {map[string]string{secretName: ""}, true}, {nil, false},
		{map[string]string{secretName: "a\n"}, false},
	} {
		got, err := secretFrom(func(name string) (string, bool) { value, set := c.set[name]; return value, set })
		if (err == nil) != c.want || err == nil && got != c.set[secretName] {
			t.Errorf("V6: %q: got %q, %v", c.set, got, err)
		}
	}
}

func TestWorkersDoNotGetTheSecret(t *testing.T) {
	got := workerEnvironment([]string{"OPEN_RUNTIMES_SECRET=s", "COPY=s", "EMPTY=", "RUNTIME_SHAPE=x"}, "s", []string{secretName})
	if want := []string{"EMPTY="}; !slices.Equal(got, want) {
		t.Errorf("V7: got %q", got)
	}
	got = workerEnvironment([]string{"OPEN_RUNTIMES_SECRET=", "EMPTY="}, "", []string{secretName})
	if want := []string{"EMPTY="}; !slices.Equal(got, want) {
		t.Errorf("V7: an empty secret takes other empty variables with it: %q", got)
	}
}

func TestWorkersDoNotGetTheKey(t *testing.T) {
	got := workerEnvironment([]string{
		"PATH=/bin", "INTERNAL_RUNTIME_KEY=k", "Appwrite_Internal_Runtime_Key=x", "COPY=k", "RUNTIME_SOCKET=/s", "A=kk",
	}, "k", keyNames)
	if want := []string{"PATH=/bin", "A=kk"}; !slices.Equal(got, want) {
		t.Errorf("R4: got %q", got)
	}
}
