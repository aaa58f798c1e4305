// Package e2e holds the tests of the gateway as a whole: they build it, start it with workers of package testworker,
// and talk HTTP with it. It has no code but tests.
package e2e
