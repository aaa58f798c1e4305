package RuntimeAdapter::Response;

# How the function answers (contract F3, F4). The last call before the function's end wins.
use v5.36;

use RuntimeAdapter::Frames ();
use RuntimeAdapter::Json ();

# The answer, once there is one: status, type, text in UTF-8.
sub new ($class) { bless [], $class }

# Answers with text, as UTF-8.
sub send ($self, $text, $status = 200) {
    die "res.send takes text, not undef\n" unless defined $text;
    die "res.send takes text, not a @{[ref $text]} reference\n" if ref $text && !overload::Method($text, '""');
    $text = "$text" if ref $text;
    die "res.send takes text that UTF-8 can hold, not lone surrogates\n" if utf8::is_utf8($text) && $text =~ /[\x{d800}-\x{dfff}]/;
    return $self->_keep($text, $status, RuntimeAdapter::Frames::TEXT);
}

# Answers with a value as JSON.
sub json ($self, $value, $status = 200) {
    return $self->_keep(RuntimeAdapter::Json::encode($value), $status, RuntimeAdapter::Frames::JSON);
}

sub _keep ($self, $text, $status, $type) {
    die "the status must be an integer, not '$status'\n" unless $status =~ /\A-?[0-9]+\z/;
    utf8::encode($text);
    @$self = ($status, $type, $text);
    return $self;
}

1;
