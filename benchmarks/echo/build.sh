#!/bin/sh
# Makes the echo worker what a compiled function is: the executable `runtime`, and the record of its entrypoint.
set -eu
export GOCACHE=/tmp/gocache GOPATH=/tmp/go GOTOOLCHAIN=local CGO_ENABLED=0 GOFLAGS=-buildvcs=false
cp -rs /usr/local/gocache "$GOCACHE"
go build -ldflags '-s -w' -o /usr/code/runtime /floor/main.go
cp /floor/main.go /usr/code/main.go
printf 'main.go\n' >/usr/code/.entrypoint
