use v5.36;

use nowhere;

sub main ($context) { $context->res->empty }

1;
