# Bun: what the scripts of the open-runtimes protocol need to know of it.
# shellcheck shell=sh
# shellcheck disable=SC2034 # used by the scripts that source this
default_entrypoint=index.ts

# prepare: before the install command, in the folder of the build.
prepare() { :; }

# compile: after it.
compile() { :; }

# serve: becomes the gateway. The option and the variable are explained in launch.sh.
serve() {
    export BUN_JSC_useTailCalls=0
    exec gateway --protocol open-runtimes bun run --no-install /usr/local/src/adapter.js
}
