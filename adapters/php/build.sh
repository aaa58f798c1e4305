#!/bin/sh
# Makes a PHP function ready to be packed: checks its syntax, installs what it declares (contract L2, L3, L4).
# shellcheck source=adapters/common/common.sh
set -eu
. ./common.sh
find_entrypoint index.php
cd "$code"

php -d display_errors=stderr -d log_errors=off -l "$code/$entrypoint" >/dev/null ||
    fail "$entrypoint does not parse; see the error above"
# A file without it is a text that PHP would print.
grep -qF '<?' "$entrypoint" || fail "$entrypoint, line 1: this is no PHP; begin it with '<?php'"

declares_dependencies() {
    # shellcheck disable=SC2016 # PHP's variables, not the shell's
    php -r '
        $declared = json_decode(file_get_contents("composer.json"), true, 512, JSON_THROW_ON_ERROR);
        $packages = preg_grep("#/#", array_keys($declared["require"] ?? []));
        exit($packages || isset($declared["autoload"]) ? 0 : 3);
    ' || {
        [ $? -eq 3 ] || fail "composer.json cannot be read; see the error above"
        return 1
    }
}

[ -f composer.json ] || refuse "add the composer.json that it belongs to" composer.lock
if [ -f composer.json ] && declares_dependencies; then
    home=$(mktemp -d)
    trap 'rm -rf "$home"' EXIT
    # With a lock file exactly what it says; without one nothing is left behind but vendor/.
    [ -f composer.lock ] || made=composer.lock
    # Root builds for the open-runtimes protocol: plugins run as they do for others.
    export COMPOSER_ALLOW_SUPERUSER=1 COMPOSER_HOME="$home" COMPOSER_CACHE_DIR="${RUNTIME_CACHE:-$home}/composer"
    if packages_kept; then
        composer dump-autoload --quiet --no-dev --no-interaction --optimize # it lists the function's own classes
    else
        /usr/local/src/fetch.sh composer install --no-dev --no-interaction --no-progress --prefer-dist --optimize-autoloader
    fi ||
        fail "the dependencies could not be installed; see the error above"
    [ -z "${made-}" ] || rm -f "$made"
fi

record_entrypoint
