use v5.36;

use Test::More;

require './index.pl';

package Answer {
    sub send ($self, $text, $status = 200) { @$self{qw(value status)} = ($text, $status); $self }
    sub json ($self, $value, $status = 200) { @$self{qw(value status)} = ($value, $status); $self }
}

sub call ($payload, %env) {
    my $answer = bless {}, 'Answer';
    main({ env => \%env, headers => { 'user-agent' => 'test' }, payload => $payload }, $answer);
    return $answer;
}

my $answer = call('{"name": "you"}', GREETING => 'Good day');
is_deeply $answer->{value}, { message => 'Good day, you!', client => 'test' }, 'greets whoever is named';
is $answer->{status}, 200, 'with status 200';

is call($_)->{status}, 400, "refuses $_" for 'no JSON', '[1]';

done_testing;
