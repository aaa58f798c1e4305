#!/bin/sh
# Starts a Ruby function (contract L5). What is disabled takes a worker's start longer and changes messages of errors.
# shellcheck source=adapters/common/unpack.sh
. /usr/local/src/unpack.sh

exec /usr/local/bin/gateway ruby -E UTF-8 --disable=did_you_mean,error_highlight,syntax_suggest,rubyopt /usr/local/src/adapter.rb
