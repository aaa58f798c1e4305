# Node.js: what the scripts of the open-runtimes protocol need to know of it.
# shellcheck shell=sh
# shellcheck disable=SC2034 # used by the scripts that source this
default_entrypoint=index.js

# prepare: before the install command, in the folder of the build.
prepare() { :; }

# compile: after it.
compile() { :; }

# serve: becomes the gateway.
serve() {
    exec gateway --protocol open-runtimes node /usr/local/src/adapter.cjs
}
