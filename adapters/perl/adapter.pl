# The Perl worker: loads one function file and answers the gateway's requests with it (docs/worker-protocol.md).
use v5.36;

BEGIN { unshift @INC, $0 =~ m{(.*)/}s }
use RuntimeAdapter::Worker ();
BEGIN {
    require RuntimeAdapter::Context if ($ENV{RUNTIME_SHAPE} // '') eq 'context';
    shift @INC;
}

# The function's file, in package main and without sight of anything here; what it returns.
sub RuntimeAdapter::run_file { do $_[0] }

RuntimeAdapter::Worker::run();
