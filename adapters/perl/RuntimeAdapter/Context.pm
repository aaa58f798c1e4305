package RuntimeAdapter::Context;

# What a function of the open-runtimes protocol is called with, and its calls from CALL to RESULT (docs/protocol-v5.md).
use v5.36;

use RuntimeAdapter::Errors ();
use RuntimeAdapter::Frames ();
use RuntimeAdapter::Json ();

use constant { LOGS => 0, ERRORS => 1 };
use constant WANTED => q{holds no function main($context). Did you forget to export a 'main' function?};

sub req ($self) { $self->{req} }
sub res ($self) { $self->{res} }

# Adds an entry to the request's logs.
sub log ($self, @values) { $self->_tell(LOGS, @values) }

# Adds an entry to the request's errors.
sub error ($self, @values) { $self->_tell(ERRORS, @values) }

# Until the call's end; and not in a child that the function has forked, which is none of the gateway's.
sub _tell ($self, $stream, @values) {
    return unless $self->{tell} && $self->{process} == $$;
    STDOUT->flush;    # what was printed before stands before it
    my $text = join ' ', map { _entry($_) } @values;
    utf8::encode($text);
    $self->{tell}->(RuntimeAdapter::Frames::frame(RuntimeAdapter::Frames::LOG, $self->{id}, pack 'CCa*', $stream, 0, $text));
    return;
}

# A value in an entry: arrays and hashes as JSON, the rest as Perl writes it (V14). An error has its place in its text.
sub _entry ($value) {
    return $value // '' unless ref $value;
    my $text = ref $value eq 'ARRAY' || ref $value eq 'HASH' ? eval { RuntimeAdapter::Json::encode($value) } : undef;
    return $text // eval { "$value" } // ref $value;    # what the object has to say of itself is an error
}

# Calls the function; what is to be written says how it ended. `$write` writes a frame.
sub call ($function, $id, $body, $write) {
    my ($flags, $request) = RuntimeAdapter::Frames::read_call($body);
    undef $$body;
    my $self = bless {
        id => $id, req => $request, res => bless({}, 'RuntimeAdapter::ContextResponse'), process => $$,
        tell => $flags & 1 ? $write : undef,
    };
    bless $request, 'RuntimeAdapter::ContextRequest';
    my ($returned, @written);
    my $is_done = RuntimeAdapter::Errors::watch(sub {
        $returned = $function->($self);
        @written = defined $returned ? _result($id, $returned) : RuntimeAdapter::Frames::frame(RuntimeAdapter::Frames::SILENT, $id);
    });
    $self->{tell} = undef;    # what comes later is not this call's (V34)
    STDOUT->flush;
    return $is_done ? @written : RuntimeAdapter::Frames::failure(RuntimeAdapter::Frames::ERROR, $id, 500, RuntimeAdapter::Errors::describe($@));
}

# The RESULT of what context.res gives, or of a hash like it, as parts.
sub _result ($id, $returned) {
    die "the function must return what context.res gives, not '$returned'\n" unless ref $returned eq 'HASH';
    my $status = $returned->{statusCode} // 200;
    die "the status must be an integer, not '$status'\n" unless $status =~ /\A-?[0-9]+\z/;
    my @texts;
    my $headers = $returned->{headers} // {};
    for my $name (sort keys %$headers) {
        for my $value (grep { defined } ref $headers->{$name} eq 'ARRAY' ? @{ $headers->{$name} } : $headers->{$name}) {
            push @texts, "$name", "$value";
        }
    }
    utf8::encode($_) for @texts;
    return RuntimeAdapter::Frames::result($id, $status, \@texts, \($returned->{body} // ''));
}

# `$context->req`. The forms of the body are made when they are asked for (V24).
package RuntimeAdapter::ContextRequest {
    for my $name (qw(method scheme host port path query_string url query headers body_binary)) {
        no strict 'refs';
        *$name = sub ($self) { $self->{$name} };
    }

    # The body as text; what is not UTF-8 becomes U+FFFD.
    sub body_text ($self) {
        my $text = $self->{body_binary};
        return $text if utf8::decode($text);
        require Encode;
        return Encode::decode('UTF-8', $text);
    }

    # The old name of body_text.
    sub body_raw ($self) { $self->body_text }

    # The body, parsed. Dies if it is no JSON.
    sub body_json ($self) {
        require JSON::PP;
        my $value = eval { JSON::PP->new->utf8->allow_nonref->decode($self->{body_binary}) };
        die 'the body is no JSON: ' . $@ if $@;
        return $value;
    }

    # body_json if the Content-Type says JSON, an empty hash for an empty body; else body_text.
    sub body ($self) {
        return $self->body_text unless lc($self->{headers}{'content-type'} // '') =~ m{\Aapplication/json};
        return length $self->{body_binary} ? $self->body_json : {};
    }
}

# `$context->res`: makes what a function returns (V27).
package RuntimeAdapter::ContextResponse {
    # Bytes.
    sub binary ($self, $bytes, $status = 200, $headers = {}) {
        die "context.res.binary takes bytes: encode the text first\n" unless utf8::downgrade($bytes, 1);
        return { body => $bytes, statusCode => $status, headers => $headers };
    }

    # Text, as UTF-8.
    sub text ($self, $body, $status = 200, $headers = {}) {
        $body = "$body";
        utf8::encode($body);
        return { body => $body, statusCode => $status, headers => $headers };
    }

    # A value as compact JSON.
    sub json ($self, $value, $status = 200, $headers = {}) {
        return $self->text(RuntimeAdapter::Json::encode($value), $status, { %$headers, 'content-type' => 'application/json' });
    }

    # No content.
    sub empty ($self) { $self->text('', 204) }

    # No content, and where to go.
    sub redirect ($self, $url, $status = 301, $headers = {}) {
        return $self->text('', $status, { %$headers, location => $url });
    }

    # The old name of text.
    sub send ($self, $body, $status = 200, $headers = {}) { $self->text($body, $status, $headers) }
}

1;
