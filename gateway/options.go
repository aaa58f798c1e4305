package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"time"

	"runtimekit/gateway/internal/envelope"
	"runtimekit/gateway/internal/server"
)

// options are the options of the command line.
type options struct {
	listen   string
	protocol string
	code     string
	logs     string
	timings  string
	compiled bool
	health   bool // ask the server of this container, and start none
	loadTime time.Duration
	command  []string
	observer *server.Observer // nil: nobody wants to know what becomes of requests
}

// parseOptions reads the command line. The first word of the command becomes an absolute path.
func parseOptions(arguments []string) (*options, error) {
	o := &options{}
	flags := flag.NewFlagSet("gateway", flag.ContinueOnError)
	flags.StringVar(&o.listen, "listen", "", "address to listen on (default 0.0.0.0 and the port of $PORT, else 3000)")
	flags.StringVar(&o.protocol, "protocol", contract2021, "what callers and functions speak: "+contract2021+" or "+openRuntimes)
	flags.StringVar(&o.code, "code", "", "folder of the function (default /usr/code; "+openRuntimes+": /usr/local/server/src/function)")
	flags.StringVar(&o.logs, "logs", "/mnt/logs", openRuntimes+": folder of the requests' logs")
	flags.StringVar(&o.timings, "timings", "/mnt/telemetry/timings.txt", openRuntimes+": file of the start's timings")
	flags.BoolVar(&o.compiled, "compiled", false, "the command is the function itself")
	flags.DurationVar(&o.loadTime, "load-timeout", loadTimeout(), "how long the default function may take to load")
	flags.BoolVar(&o.health, "health", false, "ask the server that runs here whether it is healthy, and end: 0 or 69")
	flags.Usage = func() {
		fmt.Fprintln(flags.Output(), "usage: gateway [options] COMMAND…   starts workers with COMMAND… FILE")
		flags.PrintDefaults()
	}
	if err := flags.Parse(arguments[1:]); err != nil {
		return nil, err
	}
	switch o.protocol {
	case contract2021, openRuntimes:
	default:
		return nil, fmt.Errorf("there is no protocol %q; it must be %s or %s", o.protocol, contract2021, openRuntimes)
	}
	if o.code == "" {
		o.code = map[string]string{contract2021: "/usr/code", openRuntimes: "/usr/local/server/src/function"}[o.protocol]
	}
	if o.health {
		return o, nil
	}
	o.command = flags.Args()
	if len(o.command) == 0 {
		return nil, errors.New("the command that starts a worker is missing; see gateway -help")
	}
	program, err := exec.LookPath(o.command[0])
	if err != nil {
		return nil, fmt.Errorf("the command that starts a worker cannot be used: %w", err)
	}
	o.command[0], err = filepath.Abs(program)
	return o, err
}

// loadTimeout returns how long the default function may take to load: RUNTIME_LOAD_TIMEOUT seconds, else 15.
func loadTimeout() time.Duration {
	seconds, err := strconv.ParseFloat(os.Getenv("RUNTIME_LOAD_TIMEOUT"), 64)
	if err != nil || !(seconds > 0) || seconds > envelope.MaxTimeout.Seconds() {
		return envelope.DefaultTimeout
	}
	return time.Duration(seconds * float64(time.Second))
}
