package main

import (
	"fmt"
	"slices"
	"strings"

	"runtimekit/gateway/internal/process"
)

// keyNames are the environment variables that hold the key, in the order in which they are looked at (contract R1).
var keyNames = []string{"INTERNAL_RUNTIME_KEY", "APPWRITE_INTERNAL_RUNTIME_KEY"}

// secretName is the environment variable that holds the secret of the open-runtimes protocol (V5).
const secretName = "OPEN_RUNTIMES_SECRET"

// keyFrom reads the key from the environment. There is no default (contract R2).
func keyFrom(environment func(string) string) (string, error) {
	for _, name := range keyNames {
		if key := environment(name); key != "" {
			return checked(name, key)
		}
	}
	return "", fmt.Errorf("%s is not set; start the container with a secret key in it", keyNames[0])
}

// secretFrom reads the secret of the open-runtimes protocol. It may be empty, but it must be set (V6).
func secretFrom(lookup func(string) (string, bool)) (string, error) {
	secret, set := lookup(secretName)
	if !set {
		return "", fmt.Errorf("%s is not set; start the container with a secret in it, or with an empty one to let everybody in", secretName)
	}
	return checked(secretName, secret)
}

// checked returns the key of a variable, and an error if no header can carry it.
func checked(name, key string) (string, error) {
	if strings.Trim(key, " \t") != key || strings.ContainsFunc(key, func(r rune) bool { return r < ' ' || r == 0x7f }) {
		return "", fmt.Errorf("%s holds a line end, or a blank at its start or end, which no header can carry", name)
	}
	return key, nil
}

// reserved are the variables that the gateway sets for workers, or for itself.
var reserved = []string{"RUNTIME_SOCKET", "RUNTIME_SHAPE", process.KeyDescriptor}

// workerEnvironment returns an environment without the variables that hold the key, whose usual names are given
// (contract R4, V7), and without reserved ones.
func workerEnvironment(all []string, key string, names []string) []string {
	var kept []string
	for _, entry := range all {
		name, value, _ := strings.Cut(entry, "=")
		holdsKey := value == key && key != "" || slices.ContainsFunc(names, func(known string) bool { return strings.EqualFold(name, known) })
		if !holdsKey && !slices.Contains(reserved, name) {
			kept = append(kept, entry)
		}
	}
	return kept
}
