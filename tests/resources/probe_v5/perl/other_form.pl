# The probe as a function that the file ends with, in a file that loads another.
use v5.36;

require 'index.pl';

my $probe = \&main;
sub ($context) { $probe->($context) };
