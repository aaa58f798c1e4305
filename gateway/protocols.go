package main

import (
	"fmt"
	"log"
	"os"
	"time"

	"runtimekit/gateway/internal/contract"
	"runtimekit/gateway/internal/dispatch"
	"runtimekit/gateway/internal/files"
	"runtimekit/gateway/internal/openruntimes"
	"runtimekit/gateway/internal/process"
	"runtimekit/gateway/internal/server"
)

// The protocols, as --protocol names them. The start script of the image chooses one: nothing that a user or a caller
// sets can change what an image speaks.
const (
	contract2021 = "2021"
	openRuntimes = "open-runtimes"
)

// key reads the key of the options' protocol from the environment.
func (o *options) key() (string, error) {
	if o.protocol == openRuntimes {
		return secretFrom(os.LookupEnv)
	}
	return keyFrom(os.Getenv)
}

// keyNames returns the names of the variables that hold it.
func (o *options) keyNames() []string {
	if o.protocol == openRuntimes {
		return []string{secretName}
	}
	return keyNames
}

// spoken is what a protocol needs and does while the server starts.
type spoken struct {
	mainFile string                                     // the default function's file
	launcher func() *dispatch.Launcher                  // starts workers
	protocol func(*dispatch.Dispatcher) server.Protocol // the protocol itself
	listens  func(*dispatch.Dispatcher)                 // called once the server listens
}

// speak prepares the options' protocol.
func (o *options) speak(key string, environment []string) (*spoken, error) {
	if o.protocol == openRuntimes {
		return o.speakOpenRuntimes(key, environment)
	}
	return o.speak2021(key, environment)
}

// speak2021 prepares the protocol of docs/contract.md.
func (o *options) speak2021(key string, environment []string) (*spoken, error) {
	resolver, err := files.NewResolver(o.code, o.compiled)
	if err != nil {
		return nil, fmt.Errorf("the function cannot be found; pack %s after build.sh: %w", o.code, err)
	}
	mainFile, err := resolver.Default()
	if err != nil {
		return nil, fmt.Errorf("the recorded entrypoint cannot be used: %w", err)
	}
	return &spoken{
		mainFile: mainFile,
		launcher: func() *dispatch.Launcher { return dispatch.NewLauncher(o.command, environment, resolver.Root) },
		protocol: func(d *dispatch.Dispatcher) server.Protocol { return contract.New(key, resolver, d) },
		listens:  func(*dispatch.Dispatcher) {},
	}, nil
}

// speakOpenRuntimes prepares the protocol of docs/protocol-v5.md. A function that is not there is no reason not to
// start: requests are told (V33).
func (o *options) speakOpenRuntimes(key string, environment []string) (*spoken, error) {
	began := time.Now()
	if info, err := os.Stat(o.code); err != nil || !info.IsDir() {
		return nil, fmt.Errorf("the function cannot be found: %s is no folder; the start script unpacks it there", o.code)
	}
	user, err := process.WorkerUser(os.Getenv(process.UserVariable))
	if err != nil {
		return nil, err
	}
	logs, err := o.logFolder()
	if err != nil {
		return nil, err
	}
	settings := openruntimes.Settings{
		Secret: key, Folder: o.code, Entrypoint: os.Getenv("OPEN_RUNTIMES_ENTRYPOINT"), Compiled: o.compiled,
		Development: os.Getenv("OPEN_RUNTIMES_ENV") == "development", Headers: os.Getenv("OPEN_RUNTIMES_HEADERS"),
		Logs: logs, Timings: openruntimes.NewTimings(o.timings, os.Getenv("RUNTIME_TIMINGS")),
	}
	return &spoken{
		mainFile: settings.MainFile(),
		launcher: func() *dispatch.Launcher {
			return dispatch.NewLauncher(o.command, environment, o.code).ForContext(user)
		},
		protocol: func(d *dispatch.Dispatcher) server.Protocol { return openruntimes.New(settings, d) },
		listens: func(d *dispatch.Dispatcher) {
			if key == "" {
				log.Printf(ownPrefix+"%s is empty: every request is let in", secretName)
			}
			fmt.Println("HTTP server successfully started!") // V36
			go func() {
				<-d.Ready()
				settings.Timings.Note("startup", time.Since(began))
			}()
		},
	}, nil
}
