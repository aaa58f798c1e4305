use v5.36;

use Test::More;

require './index.pl';

# A context and its parts: hashes whose values are methods, too.
package Given {
    our $AUTOLOAD;
    sub AUTOLOAD ($self, @) { $self->{ $AUTOLOAD =~ s/.*:://r } }
    sub DESTROY { }
    sub json ($self, $value, $status = 200, $headers = {}) { return { value => $value, status => $status } }
    sub log ($self, @values) { push @{ $self->{logged} }, "@values" }
}

sub call ($body, %env) {
    local @ENV{ keys %env } = values %env;
    my $req = bless { method => 'POST', path => '/', headers => { 'user-agent' => 'test' }, body_text => $body }, 'Given';
    my $context = bless { req => $req, res => bless({}, 'Given'), logged => [] }, 'Given';
    return { %{ main($context) }, logged => $context->{logged} };
}

my $answer = call('{"name": "you"}', GREETING => 'Good day');
is_deeply $answer->{value}, { message => 'Good day, you!', client => 'test' }, 'greets whoever is named';
is $answer->{status}, 200, 'with status 200';
is_deeply $answer->{logged}, ['called with POST /'], 'and logs the call';

is call($_)->{status}, 400, "refuses $_" for 'no JSON', '[1]';

done_testing;
