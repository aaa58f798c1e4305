package Greeting;
use v5.36;

our $VERSION = '1';

use constant TEXT => 'hello';

1;
