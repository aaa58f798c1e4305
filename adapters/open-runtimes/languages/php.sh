# PHP: what the scripts of the open-runtimes protocol need to know of it.
# shellcheck shell=sh
# shellcheck disable=SC2034 # used by the scripts that source this
default_entrypoint=index.php

# prepare: install commands call composer, as root.
prepare() {
    export COMPOSER_ALLOW_SUPERUSER=1 COMPOSER_NO_INTERACTION=1
}

# compile: after it.
compile() { :; }

# serve: becomes the gateway. php.ini says why its settings are what they are.
serve() {
    exec gateway --protocol open-runtimes php -c /usr/local/src/php.ini /usr/local/src/adapter.php
}
