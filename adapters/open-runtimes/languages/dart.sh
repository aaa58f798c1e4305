# Dart: what the scripts of the open-runtimes protocol need to know of it.
# shellcheck shell=sh
# shellcheck disable=SC2034 # used by the scripts that source this
default_entrypoint=lib/main.dart
program="runtime lib/function.aot"

# prepare: before the install command, in the folder of the build. What it downloads is for the compiler only.
prepare() {
    export PUB_CACHE="${RUNTIME_CACHE:-/tmp}/pub"
}

# compile: after it.
compile() { compile_as_first_image; }

# serve: becomes the gateway.
serve() { serve_program; }
