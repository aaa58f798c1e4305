# A process for each connection of the core's sockets, since Perl brings no HTTP server: what the runtime is compared with.
use strict;
use warnings;
use IO::Socket::INET;
use JSON::PP;
use Socket qw(IPPROTO_TCP TCP_NODELAY);

local $SIG{CHLD} = 'IGNORE';
my $server = IO::Socket::INET->new(LocalPort => 3000, Listen => 128, ReuseAddr => 1) or die "cannot listen: $!\n";
my $json = JSON::PP->new->utf8->canonical;
while (1) {
    my $client = $server->accept or next;
    if (!fork) { serve($client); exit }
    close $client;
}

sub serve {
    my ($client) = @_;
    setsockopt $client, IPPROTO_TCP, TCP_NODELAY, 1;
    while (defined(my $line = <$client>)) {
        my $size = 0;
        while (($line = <$client>) ne "\r\n") { $size = $1 if $line =~ /^content-length:\s*(\d+)/i }
        read $client, my $text, $size;
        my $request = $json->decode($text);
        my $body = $json->encode({ normal => 'Hello World!', env1 => $request->{env}{ENV1}, payload => $request->{payload} });
        syswrite $client, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: " . length($body) . "\r\n\r\n$body";
    }
}
