# Holds no function called main.
use v5.36;

sub other ($req, $res) { $res->send('never') }
