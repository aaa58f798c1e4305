// Gateway is PID 1 of every runtime container: the HTTP server of the runtime contract (docs/contract.md), or of the
// open-runtimes protocol (docs/protocol-v5.md), and the supervisor of the workers that hold the user's function (docs/worker-protocol.md). Package main reads the command
// line and the key, puts the packages under internal together, and decides on the exit code.
package main

import (
	"context"
	"errors"
	"fmt"
	"log"
	"net"
	"os"

	"runtimekit/gateway/internal/dispatch"
	"runtimekit/gateway/internal/exit"
	"runtimekit/gateway/internal/limits"
	"runtimekit/gateway/internal/process"
	"runtimekit/gateway/internal/server"
	"runtimekit/gateway/internal/starttimes"
)

func main() {
	log.SetFlags(0)
	if asJSON, _ := jsonLog(); asJSON {
		logAsJSON()
	}
	if err := run(os.Args); err != nil {
		report(err)
		os.Exit(exit.Code(err))
	}
}

// run is the whole program. It returns nil after an orderly stop.
func run(arguments []string) error {
	if err := process.Protect(); err != nil {
		return err
	}
	o, err := parseOptions(arguments)
	if err != nil {
		return exit.With(exit.Usage, err)
	}
	o.observer, err = observer()
	if err == nil && o.listen == "" {
		o.listen, err = defaultAddress()
	}
	if err != nil {
		return exit.With(exit.Configuration, err)
	}
	if o.health {
		return exit.With(exit.Unavailable, askHealth(o.listen, o.protocol))
	}
	key, restarted := process.InheritedKey()
	if !restarted {
		if key, err = o.key(); err != nil {
			return exit.With(exit.Configuration, err)
		}
	}
	environment := starttimes.Begin(workerEnvironment(os.Environ(), key, o.keyNames()))
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
	starttimes.Enable(environment)
	process.DiscardSignals()
	process.ReserveThreads()
	stop, err := process.StopRequests()
	if err != nil {
		return err
	}
	spoken, err := o.speak(key, environment)
	if err != nil {
		return exit.With(exit.Configuration, err)
	}
	listener, err := net.Listen("tcp", o.listen)
	if err != nil {
		return exit.With(exit.Unavailable, fmt.Errorf("cannot listen on %s; is another server using it? %w", o.listen, err))
	}
	answers := limits.NewBudget(limits.AnswerBudget)
	d := dispatch.New(spoken.launcher(), answers, spoken.mainFile, o.loadTime)
	s := server.New(spoken.protocol(d), d, answers, process.NewProcessors())
	s.Observe(o.observer)
	go d.Tidy()
	go s.Serve(listener)
	announce("listening on %s", listener.Addr())
	spoken.listens(d)
	<-stop
	ctx, cancel := context.WithCancel(context.Background())
	go func() {
		<-stop // once more
		cancel()
	}()
	if s.Stop(ctx) != nil {
		os.Exit(exit.SecondSignal) // at once (contract T3)
	}
	return nil
}
