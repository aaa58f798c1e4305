package main

import (
	"fmt"
	"strings"

	"runtimekit/gateway/internal/process"
)

// keyNames are the environment variables that hold the key, in the order in which they are looked at (contract R1).
var keyNames = []string{"INTERNAL_RUNTIME_KEY", "APPWRITE_INTERNAL_RUNTIME_KEY"}

// keyFrom reads the key from the environment. There is no default (contract R2).
func keyFrom(environment func(string) string) (string, error) {
	for _, name := range keyNames {
		key := environment(name)
		if key == "" {
			continue
		}
		if strings.Trim(key, " \t") != key || strings.ContainsFunc(key, func(r rune) bool { return r < ' ' || r == 0x7f }) {
			return "", fmt.Errorf("%s holds a line end, or a blank at its start or end, which no header can carry", name)
		}
		return key, nil
	}
	return "", fmt.Errorf("%s is not set; start the container with a secret key in it", keyNames[0])
}

// workerEnvironment returns an environment without the variables that hold the key (contract R4).
func workerEnvironment(all []string, key string) []string {
	var kept []string
	for _, entry := range all {
		name, value, _ := strings.Cut(entry, "=")
		if value == key || name == "RUNTIME_SOCKET" || name == process.KeyDescriptor ||
			strings.EqualFold(name, keyNames[0]) || strings.EqualFold(name, keyNames[1]) {
			continue
		}
		kept = append(kept, entry)
	}
	return kept
}
