use v5.36;

sub main ($context {
