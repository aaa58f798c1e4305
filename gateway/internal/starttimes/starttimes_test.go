package starttimes

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
)

func TestTheFirstMomentsArePrintedOnce(t *testing.T) {
	environment := Begin([]string{"A=1", Variable + "=1"})
	Enable(environment)
	var printed bytes.Buffer
	for range 2 { // a second worker changes nothing
		for _, moment := range []Moment{Worker, Connected, Ready} {
			note(&printed, moment)
		}
	}
	var line struct {
		Times map[string]float64 `json:"start_times"`
	}
	if err := json.Unmarshal(printed.Bytes(), &line); err != nil {
		t.Fatalf("%v: %s", err, printed.String())
	}
	last := 0.0
	for _, name := range []string{"gateway", "worker", "connected", "ready"} {
		if line.Times[name] < last || line.Times[name] < 1e9 {
			t.Errorf("%s is at %f, after %f", name, line.Times[name], last)
		}
		last = line.Times[name]
	}
}

func TestNothingIsPrintedUnlessAsked(t *testing.T) {
	environment := Begin([]string{"A=1"})
	if got := strings.Join(environment, " "); got != "A=1" {
		t.Errorf("the environment is %s", got)
	}
	Enable(environment)
	var printed bytes.Buffer
	note(&printed, Ready)
	if printed.Len() > 0 {
		t.Errorf("printed %s", printed.String())
	}
}
