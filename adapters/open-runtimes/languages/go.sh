# Go: what the scripts of the open-runtimes protocol need to know of it.
# shellcheck shell=sh
# shellcheck disable=SC2034 # used by the scripts that source this
default_entrypoint=main.go
program=runtime

# prepare: install commands such as `go mod download` leave what they fetch where the compiler looks for it.
prepare() {
    export RUNTIME_CACHE="${RUNTIME_CACHE:-$HOME/.cache}"
    export GOPATH="$RUNTIME_CACHE/go" GOFLAGS=-modcacherw GOTOOLCHAIN=local
}

# compile: fetches what is missing, and compiles.
compile() { compile_as_first_image; }

# serve: becomes the gateway.
serve() { serve_program; }
