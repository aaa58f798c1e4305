// Gateway is PID 1 of every runtime container: the HTTP server of the runtime contract (docs/contract.md) and the
// supervisor of the workers that hold the user's function (docs/worker-protocol.md).
package main

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"log"
	"net"
	"os"

	"time"

	"runtimekit/gateway/internal/exit"
	"runtimekit/gateway/internal/files"
	"runtimekit/gateway/internal/limits"
	"runtimekit/gateway/internal/process"
)

// stopTime is how long running requests may take to finish after SIGTERM (contract T3).
const stopTime = 8 * time.Second

func main() {
	log.SetFlags(0)
	if err := run(os.Args); err != nil {
		log.Printf("gateway: %v", err)
		os.Exit(exit.Code(err))
	}
}

// run is the whole program; nil is an orderly stop.
func run(arguments []string) error {
	if err := process.Protect(); err != nil {
		return err
	}
	o, err := parseOptions(arguments)
	if err != nil {
		return exit.With(exit.Usage, err)
	}
	key, restarted := process.InheritedKey()
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
		err = process.Restart(self, key, environment)
		if errors.Is(err, process.ErrKeyTooLong) {
			return exit.With(exit.Configuration, err)
		}
		return err
	}
	return serve(o, key, environment)
}

// serve sets everything up, serves until it is asked to stop, and stops.
func serve(o *options, key string, environment []string) error {
	limits.LimitHeap()
	process.DiscardSignals()
	process.ReserveThreads()
	stop, err := process.StopRequests()
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
		processes: process.NewTable(), stdout: process.NewSharedWriter(os.Stdout), stderr: process.NewSharedWriter(os.Stderr),
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
