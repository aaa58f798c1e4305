//go:build race

package e2e

// raceFlags build the gateway under test with the race detector, as the tests themselves are.
var raceFlags = []string{"-race"}
