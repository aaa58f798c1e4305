//go:build race

package main

// raceFlags build the gateway under test with the race detector, as the tests themselves are.
var raceFlags = []string{"-race"}
