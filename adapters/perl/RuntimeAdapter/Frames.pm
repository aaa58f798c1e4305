package RuntimeAdapter::Frames;

# The frames between gateway and worker, as docs/worker-protocol.md describes them.
use v5.36;

use constant {
    REQUEST => 0x01, PING => 0x02, FORK => 0x03, CALL => 0x04, OUTPUT => 0x05,
    READY => 0x11, FAILED => 0x12, ANSWER => 0x14, ERROR => 0x15, PONG => 0x16, SILENT => 0x17,
    LOG => 0x18, RESULT => 0x19,
    SERIAL => 0, TEMPLATE => 1,
    TEXT => 0, JSON => 1,
    CONTEXT_FLAGS => 0x06,    # of READY: the function takes a context, the worker understands OUTPUT
    HEAD => 9,
    CHUNK => 65_536,    # bytes of one read; what is larger is not copied, and its memory not kept
};

# One frame, ready to be written.
sub frame ($kind, $id, $body = '') { pack('NCN', 5 + length $body, $kind, $id) . $body }

# A READY frame. Flags, if there are any, are the last byte.
sub ready ($mode, $flags) { frame(READY, 0, pack $flags ? 'CNC' : 'CN', $mode, 1, $flags || ()) }

# An ANSWER frame for a response, whose text is a part of its own if it is too large to be copied. A status that no i32
# can hold is out of range anyway, which the gateway says.
sub answer ($id, $response) {
    my $size = length $response->[2];
    my @head = (10 + $size, ANSWER, $id, abs $response->[0] < 2**31 ? $response->[0] : -1, $response->[1]);
    return $size > CHUNK ? (pack('NCNl>C', @head), $response->[2]) : pack 'NCNl>Ca*', @head, $response->[2];
}

# A RESULT frame, as parts; of status and size, as of an answer. Names and values of headers follow one another.
sub result ($id, $status, $texts, $body) {
    my $head = pack 'l>N(N/a*)*', abs $status < 2**31 ? $status : -1, @$texts / 2, @$texts;
    my $size = length $$body;
    $head = pack 'NCNa*', 5 + $size + length $head, RESULT, $id, $head;
    return $size > CHUNK ? ($head, $$body) : $head . $$body;
}

# A FAILED or ERROR frame.
sub failure ($kind, $id, $code, $message) {
    utf8::encode($message);
    return frame($kind, $id, pack 'nN/a*', $code, $message);
}

# Takes the first whole frame off the front of the buffer: kind, id, body; none if there is none yet. Nothing that may be
# large stands in a variable of a sub's own, here and below: Perl would keep its memory for the next call.
sub take ($buffer) {
    return if length $$buffer < HEAD;
    my $size = unpack 'N', $$buffer;
    return if length $$buffer < 4 + $size;
    my @frame = unpack 'x4 C N a' . ($size - 5) . ' a*', $$buffer;
    undef $$buffer;
    $$buffer = pop @frame;
    return @frame;
}

# The body of a REQUEST, as the function's `$req`: env, headers, payload.
sub read_request ($body) {
    my $variables = 2 * unpack 'N', $$body;
    my @texts = unpack 'N/((N/a)2) N/((N/a)2) N/a', $$body;
    utf8::decode($_) for @texts;
    my %request = (payload => pop @texts);
    @request{qw(env headers)} = ({ splice @texts, 0, $variables }, {@texts});
    $request{variables} = $request{env};    # the name of 2022 (contract F8)
    return bless \%request, 'RuntimeAdapter::Request';
}

# The body of a CALL: its flags, and what the function sees as `$context->req`.
sub read_call ($body) {
    my ($flags, @texts) = unpack 'C (N/a)3 n (N/a)3 N .', $$body;
    my ($variables, $at) = (2 * $texts[-2], pop(@texts) - 4);
    pop @texts;
    my @pairs = unpack "x$at N/((N/a)2) N/((N/a)2) .", $$body;
    my %request = (body_binary => substr $$body, pop @pairs);
    utf8::decode($_) for @texts, @pairs;
    @request{qw(method scheme host port path query_string url)} = @texts;
    $request{port} += 0;
    @request{qw(query headers)} = ({ splice @pairs, 0, $variables }, {@pairs});
    return $flags, \%request;
}

1;
