// Package starttimes says what the parts of a start took: the first moment of each, printed as one line of JSON when the
// function is ready. It does so only where the container's environment asks for it, as `./dev bench` does.
package starttimes

import (
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Variable is the environment variable that asks for the line. Its value is replaced by the moment at which the gateway
// began: the gateway executes itself again, and the second one inherits it.
const Variable = "RUNTIME_START_TIMES"

// A Moment is one of those that are noted.
type Moment string

// The moments of a start, in their order.
const (
	Worker    Moment = "worker"    // the first worker is being started
	Connected Moment = "connected" // it has connected
	Ready     Moment = "ready"     // it has loaded the function
)

var first struct {
	sync.Mutex
	began string
	at    map[Moment]time.Time
}

// Begin notes when the gateway began, if the environment asks for it, and returns the environment for its second
// execution.
func Begin(environment []string) []string {
	changed := append([]string(nil), environment...)
	for i, entry := range changed {
		if entry == Variable+"=1" {
			changed[i] = Variable + "=" + seconds(time.Now())
		}
	}
	return changed
}

// Enable makes Note do something, if the environment asks for it.
func Enable(environment []string) {
	for _, entry := range environment {
		if began, found := strings.CutPrefix(entry, Variable+"="); found {
			if _, err := strconv.ParseFloat(began, 64); err == nil {
				first.began, first.at = began, map[Moment]time.Time{}
			}
		}
	}
}

// Note notes a moment unless it is noted already. With Ready the line is printed, once.
func Note(moment Moment) { note(os.Stderr, moment) }

func note(to io.Writer, moment Moment) {
	first.Lock()
	defer first.Unlock()
	if first.at == nil || !first.at[moment].IsZero() {
		return
	}
	first.at[moment] = time.Now()
	if moment == Ready {
		fmt.Fprintf(to, `{"start_times":{"gateway":%s,"worker":%s,"connected":%s,"ready":%s}}`+"\n", first.began,
			seconds(first.at[Worker]), seconds(first.at[Connected]), seconds(first.at[Ready]))
		first.at = nil
	}
}

// seconds are those since 1970, as JSON.
func seconds(at time.Time) string {
	return strconv.FormatFloat(float64(at.UnixMicro())/1e6, 'f', 6, 64)
}
