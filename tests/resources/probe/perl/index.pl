# The probe: does whatever the payload's action says (tests/resources/probe/README.md).
use v5.36;
use JSON::PP ();
use POSIX ();
use Time::HiRes ();

package CustomError {
    use overload '""' => sub ($self, @) { $self->{text} };
}

package UnprintableError {
    use overload '""' => sub (@) { die "no text\n" };
}

package Probe;

my $counter = 0;
my $json = JSON::PP->new->utf8(0)->allow_nonref;

# Does something shortly after the function has ended.
sub soon ($work) {
    $SIG{ALRM} = $work;
    Time::HiRes::ualarm(50_000);
}

sub recurse ($depth) { recurse($depth + 1) + 1 }

my %throwers = (
    error => sub ($zero, $text) { die $text },
    custom => sub { die bless { text => 'custom text' }, 'CustomError' },
    recursion => sub { no warnings 'recursion'; recurse(0) },
    odd => sub { die "odd \x{ff}\0\x{202e} text" },
    long => sub { die 'x' x 1_000_000 },
    unprintable => sub { die bless {}, 'UnprintableError' },
    string => sub { die "a string\n" },
    divide => sub { 1 / $_[0] },
    hash => sub { die { some => 'hash' } },
    undefined => sub { undefined_function() },
);

my $cycle = [];
push @$cycle, $cycle;

my %unserialisable = (
    nan => 9**9**9 - 9**9**9,
    infinity => [9**9**9],
    cycle => $cycle,
    function => { held => sub { } },
    surrogate => "\x{d800}",
);

# How often the work could be done, and what stopped it.
sub until_error ($times, $work) {
    my $done = 0;
    for (; $done < $times; $done++) {
        $work->() or return $done, "$!";
    }
    return $done, undef;
}

sub start_sleeper {
    my $process = fork;
    return $process if $process || !defined $process;
    POSIX::setsid();
    exec 'sleep', '60' or POSIX::_exit(1);
}

sub shown ($req) { +{ map { $_ => $req->{$_} } qw(env payload headers) } }

sub waited ($options) { Time::HiRes::sleep($options->{seconds} // 1) }

my %actions = (
    answer => sub ($req, $res, $o) { $res->json(shown($req)) },
    text => sub ($req, $res, $o) { $res->send($o->{text} // 'Hello') },
    json => sub ($req, $res, $o) { $res->json($o->{value}) },
    both => sub ($req, $res, $o) { $res->send('first'); $res->json({ last => \1 }) },
    none => sub (@) { return },
    twice => sub ($req, $res, $o) { $res->send('first'); $res->send('second'); return },
    late => sub ($req, $res, $o) { soon(sub { $res->send('too late') }); $res->send('in time') },
    status => sub ($req, $res, $o) { $res->send('status', $o->{status}) },
    bytes => sub ($req, $res, $o) { $res->send(\"\xff\xfe") },
    unserialisable => sub ($req, $res, $o) { $res->json($unserialisable{ $o->{kind} }) },
    throw => sub ($req, $res, $o) {
        $res->send('answered before the error');
        $throwers{ $o->{kind} // 'error' }->(0, $o->{text} // 'probe error');
    },
    sleep => sub ($req, $res, $o) { waited($o); $res->send('slept') },
    block => sub ($req, $res, $o) { waited($o); $res->send('blocked') },
    spin => sub ($req, $res, $o) {
        my $end = Time::HiRes::time() + ($o->{seconds} // 9**9**9);
        1 while Time::HiRes::time() < $end;
        $res->send('spun');
    },
    exit => sub ($req, $res, $o) { POSIX::_exit($o->{code} // 0) },
    abort => sub ($req, $res, $o) {
        if (defined $o->{line}) {
            open my $begun, '>>', '/tmp/begun' or die "$!\n";
            print {$begun} "$o->{line}\n";
            close $begun;
        }
        POSIX::abort();
    },
    print => sub ($req, $res, $o) {
        my $stream = ($o->{stream} // '') eq 'stderr' ? *STDERR : *STDOUT;
        for my $number (1 .. $o->{lines} // 1) {
            my $line = $o->{text} // "line $number ";
            $line .= 'x' x (($o->{bytes} // 0) - length $line);
            print $stream $line =~ s/\s+\z//r . "\n";
        }
        $res->send('printed');
    },
    allocate => sub ($req, $res, $o) {
        my @held;
        push @held, 'x' x 2**20 for 1 .. $o->{mib} // 1;
        $res->send(@held ? 'allocated' : 'nothing');
    },
    environ => sub ($req, $res, $o) { $res->json({%ENV}) },
    read => sub ($req, $res, $o) {
        open my $file, '<:raw', $o->{path} or die "$o->{path}: $!";
        my $text = do { local $/; readline $file } // die "$o->{path}: $!";
        $res->send($text);
    },
    kill => sub ($req, $res, $o) {
        kill $o->{signal} // 9, $o->{pid} or die "$!";
        $res->send('killed');
    },
    spawn => sub ($req, $res, $o) { $res->json({ pid => start_sleeper() }) },
    forks => sub ($req, $res, $o) {
        my ($started, $error) = until_error($o->{count} // 200, \&start_sleeper);
        $res->json({ started => $started, error => $error });
    },
    descriptors => sub ($req, $res, $o) {
        my @held;
        my ($opened, $error) = until_error($o->{count} // 100_000,
            sub { open $held[@held], '<', '/dev/null' });
        $res->json({ opened => $opened, error => $error });
    },
    fill => sub ($req, $res, $o) {
        my $written = 0;
        open my $file, '>', $o->{path} // '/tmp/filled' or die "$!";
        my (undef, $error) = until_error($o->{mib} // 1024,
            sub { my $size = syswrite $file, 'x' x 2**20; $written += $size // 0; $size });
        $res->json({ written => $written, error => $error });
    },
    tamper => sub ($req, $res, $o) {
        chdir '/';
        %ENV = (TZ => 'Pacific/Kiritimati');
        POSIX::tzset();
        no warnings;
        *POSIX::_exit = *JSON::PP::encode = *CORE::GLOBAL::length = *CORE::GLOBAL::fork = sub { };
        ($,, $\, $/, $;) = ('tampered') x 4;
        @INC = ();
        $SIG{__DIE__} = $SIG{__WARN__} = sub { };
        $res->send('tampered');
    },
    mutate => sub ($req, $res, $o) {
        $req->{env}{MUTATED} = $req->{headers}{mutated} = 'yes';
        $req->{payload} = 'mutated';
        $res->json(shown($req));
    },
    counter => sub ($req, $res, $o) { $res->json({ counter => ++$counter }) },
    pid => sub ($req, $res, $o) { $res->json({ pid => $$ + 0 }) },
    uid => sub ($req, $res, $o) { $res->json({ uid => $< + 0, gid => POSIX::getgid() + 0 }) },
    big => sub ($req, $res, $o) { $res->send('x' x $o->{bytes}) },
    proto => sub ($req, $res, $o) { $res->json({ value => $req->{env}{__proto__} }) },
);

sub main::main ($req, $res) {
    # JSON::PP goes through a text character by character, and takes seconds for the ballast of some cases.
    my $text = $req->{payload} =~ s/("pad": ")x*/$1/r;
    my $options = $text =~ /\A\{/ ? eval { $json->decode($text) } : {};
    $options = {} unless ref $options eq 'HASH';
    $actions{ $options->{action} // 'answer' }->($req, $res, $options);
}

1;
