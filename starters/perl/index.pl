use v5.36;

use JSON::PP;

sub main ($req, $res) {
    my $given = eval { JSON::PP->new->allow_nonref->decode(length $req->{payload} ? $req->{payload} : '{}') };
    return $res->json({ error => 'send a JSON object, such as {"name": "you"}' }, 400) if ref $given ne 'HASH';

    my $greeting = $req->{env}{GREETING} // 'Hello';
    my $name = $given->{name} // 'World';
    return $res->json({ message => "$greeting, $name!", client => $req->{headers}{'user-agent'} // 'unknown' });
}

1;
