package RuntimeAdapter::Worker;

# This process: its connection, its function, its requests; as a template, its forks.
use v5.36;

use POSIX ();
use RuntimeAdapter::Errors ();
use RuntimeAdapter::Frames ();
use RuntimeAdapter::Response ();

use constant { USAGE_ERROR => 64, CHUNK => RuntimeAdapter::Frames::CHUNK };
use constant { AF_UNIX => 1, SOCK_STREAM => 1 };    # Linux's; Socket.pm is one that a function may have another version of

my ($socket, $buffer, $function) = (undef, '', undef);
# Of the function's shape: the frame that calls it, what calls it, the flags of READY.
my ($called, $call, $flags) = (RuntimeAdapter::Frames::REQUEST, \&_call, 0);

# Connects to the gateway, loads the function, serves.
sub run {
    my $path = delete $ENV{RUNTIME_SOCKET};
    my $wanted = 'holds no function main($req, $res)';
    if ((delete $ENV{RUNTIME_SHAPE} // '') eq 'context') {
        ($called, $call, $flags) = (RuntimeAdapter::Frames::CALL, \&_call_in_context, RuntimeAdapter::Frames::CONTEXT_FLAGS);
        $wanted = RuntimeAdapter::Context::WANTED();
    }
    unless ($path && @ARGV == 1) {
        print STDERR "this is the worker of a Perl function, which the gateway starts; run /usr/local/src/launch.sh instead\n";
        exit USAGE_ERROR;
    }
    $SIG{PIPE} = 'IGNORE';
    _print_at_once();
    _connect($path);
    my $inherited = _shared_state();
    my $file = shift @ARGV;
    RuntimeAdapter::Errors::watch(sub { $function = _load($file) })
        or _give_up(500, RuntimeAdapter::Errors::describe($@));
    _give_up(404, ($file =~ s{.*/}{}r) . " $wanted") unless $function;
    my $mode = _shared_state() eq $inherited ? RuntimeAdapter::Frames::TEMPLATE : RuntimeAdapter::Frames::SERIAL;
    _write(RuntimeAdapter::Frames::ready($mode, $flags));
    _serve();
}

# Says why there is nothing to call, and ends.
sub _give_up ($code, $message) {
    _write(RuntimeAdapter::Frames::failure(RuntimeAdapter::Frames::FAILED, 0, $code, $message));
    _leave(1);
}

# Runs the function's file: the function that it ends with, else the one that it calls main, else none.
sub _load ($file) {
    if (-d '.perl5') {
        require lib;
        lib->import(POSIX::getcwd() . '/.perl5/lib/perl5');
    }
    unshift @INC, $file =~ m{(.*)/}s;
    my $value = RuntimeAdapter::run_file($file);
    if ($@) {
        local $SIG{__DIE__};    # which has seen it already, where it happened
        die $@;
    }
    return ref $value eq 'CODE' ? $value : defined &main::main ? \&main::main : undef;
}

sub _serve {
    while (my ($kind, $id, $body) = _read()) {
        if ($kind == $called) {
            _write($call->($id, \$body));
        }
        elsif ($kind == RuntimeAdapter::Frames::PING) {
            _write(RuntimeAdapter::Frames::frame(RuntimeAdapter::Frames::PONG, $id));
        }
        elsif ($kind == RuntimeAdapter::Frames::OUTPUT) {
            _open_output(unpack 'N/a', $body);
        }
        elsif ($kind == RuntimeAdapter::Frames::FORK) {
            _fork(unpack 'N/a', $body);
        }
        undef $body;    # Perl would keep its memory for the next one
    }
    _leave(0);
}

# Calls the function and says how it ended.
sub _call ($id, $body) {
    my $response = RuntimeAdapter::Response->new;
    RuntimeAdapter::Errors::watch($function, RuntimeAdapter::Frames::read_request($body), $response)
        or return RuntimeAdapter::Frames::failure(RuntimeAdapter::Frames::ERROR, $id, 500, RuntimeAdapter::Errors::describe($@));
    return @$response
        ? RuntimeAdapter::Frames::answer($id, $response)
        : RuntimeAdapter::Frames::frame(RuntimeAdapter::Frames::SILENT, $id);
}

# The same for a function that takes a context.
sub _call_in_context ($id, $body) { RuntimeAdapter::Context::call($function, $id, $body, \&_write) }

# Forks twice, so that the new worker's parent is PID 1.
sub _fork ($folder) {
    my $between = fork;
    if (defined $between && !$between) {
        my $worker = fork;
        return _become($folder) if defined $worker && !$worker;
        POSIX::_exit(defined $worker ? 0 : 1);
    }
    _leave(1) unless defined $between && waitpid($between, 0) == $between && $? == 0;
}

# Prints to other pipes from now on.
sub _open_output ($folder) {
    open STDOUT, '>', "$folder/stdout" or _leave(0);
    open STDERR, '>', "$folder/stderr" or _leave(0);
    _print_at_once();
}

# Makes a fresh fork a worker of its own.
sub _become ($folder) {
    POSIX::setsid();
    _open_output($folder);
    srand;    # or all forks draw the same numbers
    close $socket;
    $buffer = '';    # the forks after this one are the template's to make
    _connect("$folder/socket");
    _write(RuntimeAdapter::Frames::ready(RuntimeAdapter::Frames::SERIAL, $flags));
}

# What the function prints is text, and is not kept back (contract F5).
sub _print_at_once {
    binmode $_, ':utf8' for *STDOUT, *STDERR;
    STDOUT->autoflush(1);
}

sub _connect ($path) {
    socket($socket, AF_UNIX, SOCK_STREAM, 0) or _leave(1);
    connect($socket, pack 'SZ*', AF_UNIX, $path) or _leave(0);    # the gateway has given this worker up
}

# Writes a frame.
sub _write (@parts) {
    for my $part (@parts) {
        for (my $at = 0; $at < length $part;) {
            my $written = syswrite $socket, $part, length($part) - $at, $at;
            _leave(0) unless defined $written || $!{EINTR};    # the gateway has closed the connection
            $at += $written // 0;
        }
    }
}

# The next frame, as kind, id and body; none once the gateway has closed the connection.
sub _read {
    my @frame;
    until (@frame = RuntimeAdapter::Frames::take(\$buffer)) {
        # A signal handler of the function's may run here, and die: after the answer that is only logged (contract F4).
        my $size = eval { sysread($socket, $buffer, CHUNK, length $buffer) // ($!{EINTR} ? -1 : 0) };
        print STDERR $@ unless defined $size;
        return if defined $size && $size == 0;
    }
    return @frame;
}

# Ends the process at once, without the function's END blocks.
sub _leave ($status) {
    STDOUT->flush;
    POSIX::_exit($status);
}

# Threads do not survive a fork; an open file's position, lock or connection would be everybody's.
sub _shared_state { join ',', map { scalar(() = glob "/proc/self/$_/*") } qw(fd task) }

1;
