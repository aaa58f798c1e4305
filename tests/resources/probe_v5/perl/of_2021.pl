use v5.36;

sub main ($req, $res) { $res->json({ payload => $req->{payload} }) }

1;
