use v5.36;
use JSON::PP;

# What GREETING says to whom the payload names.
sub main ($req, $res) {
    my $payload = decode_json($req->{payload} || '{}');
    my $greeting = $req->{variables}{GREETING} // 'Hello';
    $res->json({ message => "$greeting, " . ($payload->{name} // 'World') . '!', client => $req->{headers}{'user-agent'} });
}
