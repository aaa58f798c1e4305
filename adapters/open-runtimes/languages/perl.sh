# Perl: what the scripts of the open-runtimes protocol need to know of it.
# shellcheck shell=sh
# shellcheck disable=SC2034 # used by the scripts that source this
default_entrypoint=index.pl

# prepare: install commands call cpanm, which puts modules where the worker looks for them.
prepare() {
    export PERL_CPANM_OPT="--local-lib-contained $build/.perl5" PERL_CPANM_HOME=/tmp/.cpanm
}

# compile: after it.
compile() { :; }

# serve: becomes the gateway.
serve() {
    exec gateway --protocol open-runtimes perl /usr/local/src/adapter.pl
}
