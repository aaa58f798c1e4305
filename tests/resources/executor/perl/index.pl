# What an executor asks of a function.
use v5.36;

use Cwd ();
use Greeting ();

sub put ($context) {
    open my $own, '>', '/tmp/written' or die "/tmp/written: $!";
    close $own or die "/tmp/written: $!";
    open my $forged, '>', '/mnt/logs/forged_logs.log' or $context->error($!{EACCES} ? 'EACCES' : "$!");
    return;
}

sub main ($context) {
    my ($req, $res) = ($context->req, $context->res);
    my $path = $req->path;
    $context->log('called', $req->method, $path, Greeting::TEXT);
    sleep 30 if $path eq '/sleep';
    kill KILL => $$ if $path eq '/crash';
    return $res->binary($req->body_binary, 201, { 'x-made-by' => 'a function' }) if $path eq '/echo';
    put($context) if $path eq '/write';
    return $res->json({
        env => {%ENV}, headers => $req->headers, folder => Cwd::getcwd(), body => $req->body_text, url => $req->url,
    });
}
