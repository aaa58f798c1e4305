// Gateway is PID 1 of every runtime container: the HTTP server of the runtime contract (docs/contract.md) and the
// supervisor of the workers that hold the user's function (docs/worker-protocol.md).
package main

import (
	"crypto/sha256"
	"errors"
	"flag"
	"fmt"
	"log"
	"net"
	"os"
	"os/exec"
	"path/filepath"

	"strconv"
	"strings"
	"time"

	"runtimekit/gateway/internal/envelope"
	"runtimekit/gateway/internal/exit"
	"runtimekit/gateway/internal/files"
	"runtimekit/gateway/internal/limits"
)

// stopTime is how long running requests may take to finish after SIGTERM (contract T3).
const stopTime = 8 * time.Second

// options is what the command line says.
type options struct {
	listen   string
	code     string
	compiled bool
	loadTime time.Duration
	command  []string
}

func main() {
	log.SetFlags(0)
	if err := run(os.Args); err != nil {
		log.Printf("gateway: %v", err)
		os.Exit(exit.Code(err))
	}
}

// run is the whole program; nil is an orderly stop.
func run(arguments []string) error {
	if err := protect(); err != nil {
		return err
	}
	o, err := parseOptions(arguments)
	if err != nil {
		return exit.With(exit.Usage, err)
	}
	key, restarted := inheritedKey()
	if !restarted {
		if key, err = keyFrom(os.Getenv); err != nil {
			return exit.With(exit.Configuration, err)
		}
	}
	environment := workerEnvironment(os.Environ(), key)
	if !restarted {
		self, err := os.Executable()
		if err != nil {
			return err
		}
		return restart(self, key, environment)
	}
	return serve(o, key, environment)
}

// serve sets everything up, serves until it is asked to stop, and stops.
func serve(o *options, key string, environment []string) error {
	limits.LimitHeap()
	discardSignals()
	reserveThreads()
	stop, err := stopRequests()
	if err != nil {
		return err
	}
	files, err := files.NewResolver(o.code, o.compiled)
	if err != nil {
		return exit.With(exit.Configuration, fmt.Errorf("the function cannot be found; pack %s after build.sh: %w", o.code, err))
	}
	mainFile, err := files.Default()
	if err != nil {
		return exit.With(exit.Configuration, fmt.Errorf("the recorded entrypoint cannot be used: %w", err))
	}
	listener, err := net.Listen("tcp", o.listen)
	if err != nil {
		return exit.With(exit.Unavailable, fmt.Errorf("cannot listen on %s; is another server using it? %w", o.listen, err))
	}
	l := &launcher{
		command: o.command, environment: environment, folder: files.Root, doors: &doorkeeper{},
		processes: newProcessTable(), stdout: &sink{file: os.Stdout}, stderr: &sink{file: os.Stderr},
	}
	answers := limits.NewBudget(limits.AnswerBudget)
	s := &server{key: sha256.Sum256([]byte(key)), files: files, bodies: limits.NewBudget(limits.BodyBudget), answers: answers}
	s.dispatcher = newDispatcher(l, answers, mainFile, o.loadTime)
	go s.dispatcher.tidy()
	go s.accept(listener)
	log.Printf("gateway: listening on %s", listener.Addr())
	<-stop
	return s.stop(stop)
}

// stop ends the server in order: what has been accepted finishes, for a while (contract T3).
func (s *server) stop(again <-chan struct{}) error {
	s.dispatcher.stopping.Store(true)
	s.waitIdle(stopTime, again)
	s.dispatcher.stop()
	s.waitIdle(stopTime/16, again) // answers on their way
	s.part(partingTime, again)
	s.dispatcher.launcher.doors.remove()
	return nil
}

// waitIdle waits until no request is active.
func (s *server) waitIdle(d time.Duration, again <-chan struct{}) {
	waitUntil(d, again, func() bool { return s.active.Load() == 0 })
}

// waitUntil waits for a condition, for a while. A second signal ends the program at once.
func waitUntil(d time.Duration, again <-chan struct{}, condition func() bool) {
	for end := time.Now().Add(d); !condition() && time.Now().Before(end); {
		select {
		case <-again:
			os.Exit(exit.SecondSignal)
		case <-time.After(5 * time.Millisecond):
		}
	}
}

func parseOptions(arguments []string) (*options, error) {
	o := &options{}
	flags := flag.NewFlagSet("gateway", flag.ContinueOnError)
	flags.StringVar(&o.listen, "listen", "0.0.0.0:3000", "address to listen on")
	flags.StringVar(&o.code, "code", "/usr/code", "folder of the function")
	flags.BoolVar(&o.compiled, "compiled", false, "the command is the function itself")
	flags.DurationVar(&o.loadTime, "load-timeout", loadTimeout(), "how long the default function may take to load")
	flags.Usage = func() {
		fmt.Fprintln(flags.Output(), "usage: gateway [options] COMMAND…   starts workers with COMMAND… FILE")
		flags.PrintDefaults()
	}
	if err := flags.Parse(arguments[1:]); err != nil {
		return nil, err
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

// loadTimeout is how long the default function may take to load: RUNTIME_LOAD_TIMEOUT seconds, else 15.
func loadTimeout() time.Duration {
	seconds, err := strconv.ParseFloat(os.Getenv("RUNTIME_LOAD_TIMEOUT"), 64)
	if err != nil || !(seconds > 0) || seconds > envelope.MaxTimeout.Seconds() {
		return envelope.DefaultTimeout
	}
	return time.Duration(seconds * float64(time.Second))
}

// keyFrom reads the key from the environment; there is no default (contract R2).
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
