# C++: what the scripts of the open-runtimes protocol need to know of it.
# shellcheck shell=sh
# shellcheck disable=SC2034 # used by the scripts that source this
default_entrypoint=index.cc
program=runtime

# extend: once, when the image is made. The first library is in functions' signatures, the others are what functions expect. What
# all functions share is compiled here.
extend() {
    sh /common/packages.sh libjsoncpp-dev libcurl4-openssl-dev libssl-dev
    cd /usr/local/src
    g++ "-std=c++$CPP_STANDARD" -O2 -Icontext/include -Iworker -I/usr/include/jsoncpp -r -o /usr/local/lib/runtime-context.o \
        context/frames.cpp context/main.cpp context/response.cpp context/throws.cpp worker/errors.cpp worker/wire.cpp
}

# prepare: before the install command, in the folder of the build.
prepare() { :; }

# compile: after it.
compile() { compile_as_first_image; }

# serve: becomes the gateway.
serve() { serve_program; }
