package RuntimeAdapter::Json;

# Writes JSON. Not JSON::PP, which writes NaN as it is (contract F4) and is slow to load.
use v5.36;
no warnings qw(experimental::builtin recursion);
use builtin qw(blessed created_as_number is_bool);

# Deeper than this, a value most likely holds itself.
use constant MAXIMUM_DEPTH => 500;

my %escapes = map { chr($_) => sprintf '\u%04x', $_ } 0 .. 0x1f;
@escapes{"\n", "\r", "\t", "\b", "\f", '"', '\\'} = qw(\n \r \t \b \f \" \\\\);

# A value as JSON text. Dies for what JSON cannot hold.
sub encode ($value) {
    my $json = '';
    _append(\$json, $value, 0);
    return $json;
}

# To one text, for the sake of memory: what Perl makes on its way it keeps for the next time.
sub _append ($json, $value, $depth) {
    my $kind = ref $value;
    return _append_scalar($json, $value) if !$kind;
    die "JSON cannot hold a cycle, nor more than @{[MAXIMUM_DEPTH]} levels\n" if $depth > MAXIMUM_DEPTH;
    if ($kind eq 'ARRAY') {
        $$json .= '[';
        for my $index (keys @$value) {
            $$json .= ',' if $index;
            ref $value->[$index] ? _append($json, $value->[$index], $depth + 1) : _append_scalar($json, $value->[$index]);
        }
        $$json .= ']';
    }
    elsif ($kind eq 'HASH') {
        my $mark = '{';
        for my $name (sort keys %$value) {
            $$json .= $mark;
            _append_scalar($json, $name);
            $$json .= ':';
            ref $value->{$name} ? _append($json, $value->{$name}, $depth + 1) : _append_scalar($json, $value->{$name});
            $mark = ',';
        }
        $$json .= $mark eq '{' ? '{}' : '}';
    }
    elsif ($kind eq 'SCALAR' || $kind =~ /::Boolean\z/) {
        $$json .= $$value ? 'true' : 'false';
    }
    elsif (blessed $value && $value->can('TO_JSON')) {
        _append($json, $value->TO_JSON, $depth + 1);
    }
    else {
        die "JSON cannot hold a $kind reference\n";
    }
}

sub _append_scalar ($json, $value) {
    if (!defined $value) {
        $$json .= 'null';
    }
    elsif (is_bool $value) {
        $$json .= $value ? 'true' : 'false';
    }
    elsif (created_as_number $value) {
        die "JSON cannot hold $value\n" if $value != $value || abs $value == 9**9**9;
        $$json .= $value;
    }
    else {
        die "JSON cannot hold lone surrogates\n" if utf8::is_utf8($value) && $value =~ /[\x{d800}-\x{dfff}]/;
        $value =~ s/([\x00-\x1f"\\])/$escapes{$1}/g if $value =~ tr/\x00-\x1f"\\//;
        $$json .= '"' . $value . '"';    # appended at once, without a text between
    }
}

1;
