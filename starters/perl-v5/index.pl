use v5.36;

use JSON::PP;

sub main ($context) {
    my ($req, $res) = ($context->req, $context->res);
    $context->log('called with', $req->method, $req->path);
    my $given = eval { JSON::PP->new->allow_nonref->decode(length $req->body_text ? $req->body_text : '{}') };
    return $res->json({ error => 'send a JSON object, such as {"name": "you"}' }, 400) if ref $given ne 'HASH';

    my $greeting = $ENV{GREETING} // 'Hello';
    my $name = $given->{name} // 'World';
    return $res->json({ message => "$greeting, $name!", client => $req->headers->{'user-agent'} // 'unknown' });
}

1;
