package RuntimeAdapter::Frames;

# The frames between gateway and worker, as docs/worker-protocol.md describes them.
use v5.36;

use constant {
    REQUEST => 0x01, PING => 0x02, FORK => 0x03,
    READY => 0x11, FAILED => 0x12, ANSWER => 0x14, ERROR => 0x15, PONG => 0x16, SILENT => 0x17,
    SERIAL => 0, TEMPLATE => 1,
    TEXT => 0, JSON => 1,
    HEAD => 9,
    CHUNK => 65_536,    # bytes of one read; what is larger is not copied, and its memory not kept
};

# One frame, ready to be written.
sub frame ($kind, $id, $body = '') { pack('NCN', 5 + length $body, $kind, $id) . $body }

# A READY frame.
sub ready ($mode) { frame(READY, 0, pack 'CN', $mode, 1) }

# An ANSWER frame for a response, whose text is a part of its own if it is too large to be copied. A status that no i32
# can hold is out of range anyway, which the gateway says.
sub answer ($id, $response) {
    my $size = length $response->[2];
    my @head = (10 + $size, ANSWER, $id, abs $response->[0] < 2**31 ? $response->[0] : -1, $response->[1]);
    return $size > CHUNK ? (pack('NCNl>C', @head), $response->[2]) : pack 'NCNl>Ca*', @head, $response->[2];
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
    return bless \%request, 'RuntimeAdapter::Request';
}

1;
