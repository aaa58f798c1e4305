package RuntimeAdapter::Errors;

# Turns whatever a function dies with into a message (contract E2, E3).
use v5.36;

use POSIX ();

use constant {
    TEXT_LIMIT => 4000,    # of one error, in bytes: leaves room for the stack trace in a message's 8 KiB (contract E2)
    FRAME_LIMIT => 30,     # innermost first
};

my $folder = POSIX::getcwd() . '/';
my @frames;

# Calls something and remembers where it dies: Perl has no stack trace once that is caught. True if it has not died.
sub watch ($work, @arguments) {
    local $SIG{__DIE__} = \&_remember;
    @frames = ();
    return eval { $work->(@arguments); 1 };
}

# Type, text and the function's own stack frames of what `watch` has seen die.
sub describe ($error) {
    my ($type, $text) = (ref $error || 'die', eval { local $SIG{__DIE__}; "$error" } // '(its text cannot be read)');
    # Perl ends a text with the place where it died, which is the first frame.
    $text =~ s/ at \S+ line \d+\.\n\z// if @frames;
    chomp $text;
    return join "\n    at ", $type . ': ' . _shorten($text), @frames;
}

# As many whole characters as the limit has room for.
sub _shorten ($text) {
    utf8::encode($text = substr $text, 0, TEXT_LIMIT);
    $text = substr $text, 0, TEXT_LIMIT;
    return $text if utf8::decode($text);
    $text =~ s/[\xc0-\xff][\x80-\xbf]*\z//;
    utf8::decode($text);
    return $text;
}

# The frames inside the function's folder; a recursion's repeated ones once.
sub _remember {
    my %seen;
    @frames = ();
    for (my $depth = 0; my (undef, $file, $line) = caller $depth; $depth++) {
        next unless index($file, $folder) == 0;
        my $inside = (caller $depth + 1)[3] // '';
        my $frame = $inside =~ /\A\(|\ARuntimeAdapter::|\A\z/ ? "$file:$line" : "$inside ($file:$line)";
        push @frames, $frame unless $seen{$frame}++;
        last if @frames == FRAME_LIMIT;
    }
}

1;
