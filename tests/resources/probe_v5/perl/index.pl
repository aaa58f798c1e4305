# The probe of the open-runtimes protocol: does what the header x-action says (tests/resources/probe_v5/README.md).
use v5.36;

use Digest::SHA ();
use JSON::PP ();
use POSIX ();
use Time::HiRes ();

my $json = JSON::PP->new->utf8(0)->allow_nonref;

sub seen ($context) {
    my $req = $context->req;
    my %seen = map { $_ => $req->$_ } qw(method scheme host port path url query headers);
    my $body = $req->body_binary;
    return $context->res->json({
        %seen,
        queryString => $req->query_string, size => length $body, sha256 => Digest::SHA::sha256_hex($body),
    });
}

sub body ($context) {
    my $req = $context->req;
    my $body = $req->body;
    return $context->res->json({
        kind => ref $body ? 'object' : 'string', body => $body, text => $req->body_text, raw => $req->body_raw,
    });
}

# The name of the system's last error.
sub error_name { (grep { $!{$_} } qw(EACCES ENOENT EPERM ENOSPC))[0] // "$!" }

sub mixed ($context, $o) {
    my $name = $o->{name};
    for my $line (0 .. $o->{lines} - 1) {
        $context->log("$name log $line");
        Time::HiRes::sleep($line % 3 / 1000);
        print "$name print $line\n";
        system 'sh', '-c', qq{for n in 0 1 2 3 4 5 6 7 8 9; do echo "$name child \$(($line + n))"; done} if $line % 10 == 0;
        $context->error("$name error $line");
    }
    return $context->res->text($name);
}

sub late ($context) {
    $SIG{ALRM} = sub { $context->log('late'); print "late, printed\n" };
    Time::HiRes::ualarm(20_000);
    return $context->res->text('answered');
}

sub read_file ($context, $path) {
    open my $file, '<:raw', $path or return $context->res->text(error_name(), 403);
    return $context->res->binary(do { local $/; readline $file } // '');
}

sub write_file ($context, $path, $text) {
    open my $file, '>>', $path or return $context->res->text(error_name(), 403);
    print {$file} $text;
    close $file or return $context->res->text(error_name(), 403);
    return $context->res->text('written');
}

# Writes until the folder takes no more, at most so many MiB; keeps nothing.
sub fill ($context, $path, $mib) {
    my $said = 'written';
    if (open my $file, '>', $path) {
        for (1 .. $mib) {
            next if defined syswrite $file, 'x' x 2**20;
            $said = error_name();
            last;
        }
    }
    else {
        $said = error_name();
    }
    unlink $path;
    return $context->res->text($said);
}

my %actions = (
    seen => sub ($context, $o) { seen($context) },
    body => sub ($context, $o) { body($context) },
    'body-json' => sub ($context, $o) { $context->res->json({ value => $context->req->body_json }) },
    echo => sub ($context, $o) {
        $context->res->binary($context->req->body_binary, 200, { 'content-type' => 'application/octet-stream' });
    },
    text => sub ($context, $o) { $context->res->text($o->{text} // 'text', $o->{status} // 200, $o->{headers} // {}) },
    json => sub ($context, $o) { $context->res->json($o->{value}, $o->{status} // 200, $o->{headers} // {}) },
    binary => sub ($context, $o) { $context->res->binary(pack 'C*', 0 .. 255) },
    empty => sub ($context, $o) { $context->res->empty },
    redirect => sub ($context, $o) { $context->res->redirect($o->{url}, $o->{status} // 301) },
    send => sub ($context, $o) { $context->res->send($o->{body}) },
    big => sub ($context, $o) { $context->res->binary('x' x $o->{bytes}) },
    'many-headers' => sub ($context, $o) {
        $context->res->text('text', 200, { map { ("x-$_" => 'v' x $o->{size}) } 0 .. $o->{number} - 1 });
    },
    'not-returned' => sub ($context, $o) { $context->res->text('first', 201); $context->res->text('second') },
    nothing => sub ($context, $o) { $context->res->text('not returned'); return },
    throws => sub ($context, $o) { $context->log('before'); die 'TypeError: on purpose' },
    log => sub ($context, $o) {
        print "$_\n" for @{ $o->{prints} // [] };
        $context->log($_) for @{ $o->{logs} // [] };
        $context->error($_) for @{ $o->{errors} // [] };
        $context->res->text('logged');
    },
    values => sub ($context, $o) {
        $context->log('one', 2, !!1, "na\x{ef}ve \x{1f389}");
        $context->log({ a => [1, 'b'] }, [1, { c => undef }]);
        $context->error($@) unless eval { die 'logged' };
        $context->res->text('logged');
    },
    prints => sub ($context, $o) {
        print "printed 1\n";
        $context->log('logged 2');
        print STDERR "printed 3\n";
        print "printed 4\nprinted 5\n";
        $context->res->text('printed');
    },
    flood => sub ($context, $o) {
        my $entry = "\x{e9}" x $o->{characters};
        for (1 .. $o->{entries}) {
            $o->{how} eq 'print' ? print "$entry\n" : $context->log($entry);
        }
        $context->res->text('logged');
    },
    child => sub ($context, $o) { system 'sh', '-c', $o->{command}; $context->res->text('ended') },
    mixed => \&mixed,
    sleep => sub ($context, $o) {
        $context->log($_) for @{ $o->{logs} // [] };
        Time::HiRes::sleep($o->{seconds});
        $context->log('too late');
        $context->res->text($o->{text} // 'slept');
    },
    spin => sub ($context, $o) { $context->log('before'); 1 while 1 },
    late => sub ($context, $o) { late($context) },
    exit => sub ($context, $o) { $context->log('before'); POSIX::_exit($o->{code}) },
    abort => sub ($context, $o) { $context->log('before'); POSIX::abort() },
    signal => sub ($context, $o) {
        my $target = { parent => POSIX::getppid(), self => $$ }->{ $o->{pid} } // $o->{pid};
        my $said = kill($o->{name}, $target) ? 'sent' : error_name();
        Time::HiRes::sleep(0.05);
        $context->res->text($said);
    },
    environment => sub ($context, $o) { $context->res->json({%ENV}) },
    identity => sub ($context, $o) {
        my ($group, @groups) = split ' ', $);
        $context->res->json({ user => $< + 0, group => $group + 0, groups => [map { $_ + 0 } @groups], folder => __FILE__ =~ s{/[^/]*\z}{}r });
    },
    read => sub ($context, $o) { read_file($context, $o->{path}) },
    write => sub ($context, $o) { write_file($context, $o->{path}, $o->{text}) },
    fill => sub ($context, $o) { fill($context, $o->{path}, $o->{mib}) },
);

sub main ($context) {
    my $headers = $context->req->headers;
    my $action = $actions{ $headers->{'x-action'} // 'seen' } // die "there is no such action";
    return $action->($context, $json->decode($headers->{'x-with'} // '{}'));
}

1;
