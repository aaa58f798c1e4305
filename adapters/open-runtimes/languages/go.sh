# Go: what the scripts of the open-runtimes protocol need to know of it.
# shellcheck shell=sh
# shellcheck disable=SC2034 # used by the scripts that source this
default_entrypoint=main.go
program=runtime

# prepare: before the install command, in the folder of the build. What it downloads is for the compiler only.
prepare() {
    export GOPATH="${RUNTIME_CACHE:-/tmp}/go" GOFLAGS=-modcacherw GOTOOLCHAIN=local
}

# compile: after it.
compile() { compile_as_first_image; }

# serve: becomes the gateway.
serve() { serve_program; }
