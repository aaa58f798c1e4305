<?php
// The probe of the open-runtimes protocol: does what the header x-action says (tests/resources/probe_v5/README.md).

/** Runs a command of the shell whose output is this function's own. */
function child(string $command): void
{
    $process = proc_open(['sh', '-c', $command], [], $pipes);
    proc_close($process);
}

/** What the work gives; the name of the system's error if it is refused. */
function refused(object $context, callable $work): array
{
    set_error_handler(static fn ($type, $text) => throw new ErrorException($text));
    try {
        return $work();
    } catch (ErrorException $error) {
        return $context->res->text(errorName($error->getMessage()), 403);
    } finally {
        restore_error_handler();
    }
}

function errorName(string $text): string
{
    $names = ['Permission denied' => 'EACCES', 'No such file' => 'ENOENT', 'not permitted' => 'EPERM', 'No space left' => 'ENOSPC'];
    foreach ($names as $part => $name) {
        if (str_contains($text, $part)) {
            return $name;
        }
    }
    return $text;
}

function logAll(object $context, array $entries): void
{
    foreach ($entries as $entry) {
        $context->log($entry);
    }
}

$afterwards = [];

$actions = [
    'seen' => fn ($context, $o) => $context->res->json((object) [
        'method' => $context->req->method,
        'scheme' => $context->req->scheme,
        'host' => $context->req->host,
        'port' => $context->req->port,
        'path' => $context->req->path,
        'queryString' => $context->req->queryString,
        'url' => $context->req->url,
        'query' => (object) $context->req->query,
        'headers' => (object) $context->req->headers,
        'size' => strlen($context->req->bodyBinary),
        'sha256' => hash('sha256', $context->req->bodyBinary),
    ]),
    'body' => fn ($context, $o) => $context->res->json((object) [
        'kind' => is_string($context->req->body) ? 'string' : 'object',
        // An empty array is PHP's empty object, too.
        'body' => $context->req->body === [] ? new stdClass() : $context->req->body,
        'text' => $context->req->bodyText,
        'raw' => $context->req->bodyRaw,
    ]),
    'body-json' => fn ($context, $o) => $context->res->json((object) ['value' => $context->req->bodyJson]),
    'echo' => fn ($context, $o) => $context->res->binary(
        $context->req->bodyBinary,
        headers: ['content-type' => 'application/octet-stream'],
    ),
    'text' => fn ($context, $o) => $context->res->text($o->text ?? 'text', $o->status ?? 200, (array) ($o->headers ?? [])),
    'json' => fn ($context, $o) => $context->res->json($o->value, $o->status ?? 200, (array) ($o->headers ?? [])),
    'binary' => fn ($context, $o) => $context->res->binary(implode(array_map('chr', range(0, 255)))),
    'empty' => fn ($context, $o) => $context->res->empty(),
    'redirect' => fn ($context, $o) => $context->res->redirect($o->url, $o->status ?? 301),
    'send' => fn ($context, $o) => $context->res->send($o->body),
    'big' => fn ($context, $o) => $context->res->binary(str_repeat('x', $o->bytes)),
    'many-headers' => function ($context, $o) {
        $headers = [];
        for ($at = 0; $at < $o->number; $at++) {
            $headers["x-$at"] = str_repeat('v', $o->size);
        }
        return $context->res->text('text', 200, $headers);
    },
    'not-returned' => function ($context, $o) {
        $context->res->text('first', 201);
        return $context->res->text('second');
    },
    'nothing' => function ($context, $o) {
        $context->res->text('not returned');
    },
    'throws' => function ($context, $o) {
        $context->log('before');
        throw new TypeError('on purpose');
    },
    'log' => function ($context, $o) {
        foreach ($o->prints ?? [] as $each) {
            echo "$each\n";
        }
        logAll($context, $o->logs ?? []);
        foreach ($o->errors ?? [] as $each) {
            $context->error($each);
        }
        return $context->res->text('logged');
    },
    'values' => function ($context, $o) {
        $context->log('one', 2, true, 'naïve 🎉');
        $context->log(['a' => [1, 'b']], [1, ['c' => null]]);
        $context->error(new RangeException('logged'));
        return $context->res->text('logged');
    },
    'prints' => function ($context, $o) {
        echo "printed 1\n";
        $context->log('logged 2');
        fwrite(STDERR, "printed 3\n");
        print "printed 4\nprinted 5\n";
        return $context->res->text('printed');
    },
    'flood' => function ($context, $o) {
        $entry = str_repeat('é', $o->characters);
        for ($done = 0; $done < $o->entries; $done++) {
            $o->how === 'print' ? print "$entry\n" : $context->log($entry);
        }
        return $context->res->text('logged');
    },
    'child' => function ($context, $o) {
        child($o->command);
        return $context->res->text('ended');
    },
    'mixed' => function ($context, $o) {
        for ($line = 0; $line < $o->lines; $line++) {
            $context->log("$o->name log $line");
            usleep($line % 3 * 1000);
            echo "$o->name print $line\n";
            if ($line % 10 === 0) {
                child("for n in 0 1 2 3 4 5 6 7 8 9; do echo \"$o->name child \$(($line + n))\"; done");
            }
            $context->error("$o->name error $line");
        }
        return $context->res->text($o->name);
    },
    'sleep' => function ($context, $o) {
        logAll($context, $o->logs ?? []);
        usleep((int) ($o->seconds * 1_000_000));
        $context->log('too late');
        return $context->res->text($o->text ?? 'slept');
    },
    'spin' => function ($context, $o) {
        $context->log('before');
        while (true) {
        }
    },
    // Nothing happens later by itself here: it is done when the next request has come, whose own printing is to be seen.
    'late' => function ($context, $o) use (&$afterwards) {
        $afterwards[] = fn () => $context->log('late');
        return $context->res->text('answered');
    },
    'exit' => function ($context, $o) {
        $context->log('before');
        exit($o->code);
    },
    'abort' => function ($context, $o) {
        $context->log('before');
        posix_kill(posix_getpid(), SIGABRT);
    },
    'signal' => function ($context, $o) {
        $target = ['parent' => posix_getppid(), 'self' => posix_getpid()][$o->pid] ?? $o->pid;
        $sent = posix_kill($target, constant($o->name));
        usleep(50_000);
        return $context->res->text($sent ? 'sent' : errorName(posix_strerror(posix_get_last_error())));
    },
    'environment' => fn ($context, $o) => $context->res->json((object) getenv()),
    'identity' => fn ($context, $o) => $context->res->json((object) [
        'user' => posix_getuid(), 'group' => posix_getgid(), 'groups' => posix_getgroups(), 'folder' => __DIR__,
    ]),
    'read' => fn ($context, $o) => refused($context, fn () => $context->res->binary(file_get_contents($o->path))),
    'write' => fn ($context, $o) => refused($context, function () use ($context, $o) {
        file_put_contents($o->path, $o->text, FILE_APPEND);
        return $context->res->text('written');
    }),
    'fill' => function ($context, $o) {
        $said = 'written';
        set_error_handler(static fn ($type, $text) => throw new ErrorException($text));
        try {
            $file = fopen($o->path, 'w');
            for ($mib = 0; $mib < $o->mib; $mib++) {
                fwrite($file, str_repeat('x', 2 ** 20));
            }
        } catch (ErrorException $error) {
            $said = errorName($error->getMessage());
        }
        restore_error_handler();
        if (file_exists($o->path)) {
            unlink($o->path);
        }
        return $context->res->text($said);
    },
];

return function ($context) use ($actions, &$afterwards) {
    while ($work = array_shift($afterwards)) {
        $work();
    }
    $headers = $context->req->headers;
    $options = json_decode($headers['x-with'] ?? '{}');
    $action = $actions[$headers['x-action'] ?? 'seen'] ?? throw new OutOfBoundsException("no such action");
    return $action($context, $options);
};
