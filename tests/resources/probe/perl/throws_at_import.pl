# Dies while it is loaded.
use v5.36;

die 'probe import error';
