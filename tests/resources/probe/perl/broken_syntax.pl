# Line 4 is no Perl.
use v5.36;

sub main ($req, $res { $res->send('never') }
