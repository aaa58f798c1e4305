# What it calls main cannot be called.
our $main = 'no function';
