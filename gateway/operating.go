package main

import (
	"fmt"
	"log"
	"log/slog"
	"net"
	"os"
	"strconv"
	"strings"

	"runtimekit/gateway/internal/logbook"
	"runtimekit/gateway/internal/metrics"
	"runtimekit/gateway/internal/server"
)

// What whoever operates a container sets in its environment (docs/operating.md). None of it changes an answer's status
// or body.
const (
	logVariable     = "RUNTIME_LOG"
	metricsVariable = "RUNTIME_METRICS"
	portVariable    = "PORT"
	entriesVariable = "RUNTIME_LOGS"
)

// ownPrefix begins the gateway's lines in a log that is text, where functions print, too.
const ownPrefix = "gateway: "

// jsonLog reports whether the log is to be JSON.
func jsonLog() (bool, error) {
	switch value := os.Getenv(logVariable); value {
	case "", "text":
		return false, nil
	case "json":
		return true, nil
	default:
		return false, fmt.Errorf("%s is %q; it must be text or json", logVariable, value)
	}
}

// logAsJSON makes objects of the lines that the gateway logs from now on.
func logAsJSON() {
	slog.SetDefault(slog.New(slog.NewJSONHandler(os.Stderr, &slog.HandlerOptions{
		ReplaceAttr: func(groups []string, a slog.Attr) slog.Attr {
			if len(groups) == 0 && a.Key == slog.MessageKey {
				a.Value = slog.StringValue(strings.TrimPrefix(a.Value.String(), ownPrefix))
			}
			return a
		},
	})))
	slog.SetLogLoggerLevel(slog.LevelWarn) // what the packages log by package log is a weakness or a fault
}

// announce logs what is no fault.
func announce(format string, arguments ...any) {
	if asJSON, _ := jsonLog(); asJSON {
		slog.Info(fmt.Sprintf(format, arguments...))
	} else {
		log.Printf(ownPrefix+format, arguments...)
	}
}

// report logs the error that ends the program.
func report(err error) {
	if asJSON, _ := jsonLog(); asJSON {
		slog.Error(err.Error())
	} else {
		log.Printf(ownPrefix+"%v", err)
	}
}

// observer returns what notes the fate of requests, nil if nobody wants to know it.
func observer() (*server.Observer, error) {
	o := &server.Observer{}
	if asJSON, err := jsonLog(); err != nil {
		return nil, err
	} else if asJSON {
		o.Log = slog.Default()
	}
	switch value := os.Getenv(metricsVariable); value {
	case "", "0":
	case "1":
		o.Metrics = &metrics.Requests{}
	default:
		return nil, fmt.Errorf("%s is %q; it must be 1 or 0", metricsVariable, value)
	}
	if o.Log == nil && o.Metrics == nil {
		return nil, nil
	}
	return o, nil
}

// logFolder returns where the entries of functions go that log (V13): to the files of their request, or to the
// container's log.
func (o *options) logFolder() (*logbook.Folder, error) {
	switch value := os.Getenv(entriesVariable); value {
	case "", "files":
		return logbook.NewFolder(o.logs), nil
	case "container":
		if asJSON, _ := jsonLog(); asJSON {
			return logbook.Container(os.Stdout, os.Stderr, slog.Default()), nil
		}
		return logbook.Container(os.Stdout, os.Stderr, nil), nil
	default:
		return nil, fmt.Errorf("%s is %q; it must be files or container", entriesVariable, value)
	}
}

// defaultAddress returns where the server listens unless --listen says it: on all interfaces, on the port of PORT, else
// 3000.
func defaultAddress() (string, error) {
	port := os.Getenv(portVariable)
	if port == "" {
		port = "3000"
	}
	if n, err := strconv.ParseUint(port, 10, 16); err != nil || n == 0 {
		return "", fmt.Errorf("%s is %q; it must be a port's number, from 1 to 65535", portVariable, port)
	}
	return net.JoinHostPort("0.0.0.0", port), nil
}
