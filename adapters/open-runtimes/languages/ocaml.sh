# OCaml: what the scripts of the open-runtimes protocol need to know of it.
# shellcheck shell=sh
# shellcheck disable=SC2034 # used by the scripts that source this
default_entrypoint=index.ml
program=runtime

# prepare: before the install command, in the folder of the build. Packages are the image's.
prepare() { :; }

# compile: after it.
compile() { compile_as_first_image; }

# serve: becomes the gateway.
serve() { serve_program; }
