# Kotlin: what the scripts of the open-runtimes protocol need to know of it.
# shellcheck shell=sh
# shellcheck disable=SC2034 # used by the scripts that source this
default_entrypoint=Index.kt
# What compile leaves, and the worker loads.
program=".classes .packages"

# extend: in the Dockerfile of this protocol's image.
extend() {
    sh /usr/local/src/context/install.sh
}

# prepare: before the install command, in the folder of the build.
prepare() { :; }

# compile: after it.
compile() { compile_as_first_image; }

# serve: becomes the gateway. The options are explained where they stand.
serve() {
    exec gateway --protocol open-runtimes java @/usr/local/src/context.options -jar /usr/local/src/context.jar
}
