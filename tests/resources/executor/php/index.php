<?php
// What an executor asks of a function.

require 'vendor/autoload.php';

return function ($context) {
    $req = $context->req;
    $context->log('called', $req->method, $req->path, Greeting\TEXT);
    if ($req->path === '/sleep') {
        sleep(30);
    } elseif ($req->path === '/crash') {
        posix_kill(getmypid(), SIGKILL);
    } elseif ($req->path === '/echo') {
        return $context->res->binary($req->bodyBinary, 201, ['x-made-by' => 'a function']);
    } elseif ($req->path === '/write') {
        touch('/tmp/written');
        if (!@file_put_contents('/mnt/logs/forged_logs.log', 'forged') && str_contains(error_get_last()['message'], 'Permission denied')) {
            $context->error('EACCES');
        }
    }
    return $context->res->json([
        'env' => getenv(), 'headers' => $req->headers, 'folder' => __DIR__, 'body' => $req->bodyText, 'url' => $req->url,
    ]);
};
