<?php
// The probe: does whatever the payload's action says (tests/resources/probe/README.md).

class CustomError extends Exception
{
}

class UnprintableError extends RuntimeException
{
    public function __toString(): string
    {
        throw new LogicException('no text');
    }
}

function recurse(int $depth): int
{
    return recurse($depth + 1) + 1;
}

/** How often the work could be done, and what stopped it. */
function untilError(int $times, callable $work): array
{
    set_error_handler(static fn ($type, $text) => throw new ErrorException($text));
    try {
        for ($done = 0; $done < $times; $done++) {
            $work();
        }
        return [$done, null];
    } catch (ErrorException $error) {
        return [$done, $error->getMessage()];
    } finally {
        restore_error_handler();
    }
}

function startSleeper(): int
{
    $process = @pcntl_fork();
    if ($process === 0) {
        posix_setsid();
        pcntl_exec('/usr/bin/env', ['sleep', '60']);
        posix_kill(posix_getpid(), SIGKILL);
    }
    return $process > 0 ? $process : throw new ErrorException(posix_strerror(pcntl_get_last_error()));
}

function throwKind(string $kind, string $text): void
{
    match ($kind) {
        'error' => throw new RuntimeException($text),
        'custom' => throw new CustomError('custom text'),
        'recursion' => recurse(0),
        'odd' => throw new RuntimeException("odd \xff\0\u{202e} text"),
        'long' => throw new RuntimeException(str_repeat('x', 1_000_000)),
        'unprintable' => throw new UnprintableError('text'),
        'cause' => throw new RuntimeException('outer', 0, new LogicException('inner')),
        'divide' => intdiv(1, 0),
        'type' => strlen([]),
        'user_error' => trigger_error('a fatal one', E_USER_ERROR),
        'fatal' => eval('class Incomplete { abstract function missing(); }'),
    };
}

function shown($req): array
{
    return ['env' => (object) $req->env, 'payload' => $req->payload, 'headers' => (object) $req->headers];
}

$counter = 0;
$afterwards = [];

$cycle = [];
$cycle['cycle'] = &$cycle;

$actions = [
    'answer' => fn ($req, $res) => $res->json(shown($req)),
    'text' => fn ($req, $res, $o) => $res->send($o->text ?? 'Hello'),
    'json' => fn ($req, $res, $o) => $res->json($o->value ?? null),
    'both' => function ($req, $res) {
        $res->send('first');
        return $res->json(['last' => true]);
    },
    'none' => fn () => null,
    'twice' => function ($req, $res) {
        $res->send('first');
        $res->send('second');
    },
    // Nothing happens later by itself here: it is done when the next request has come.
    'late' => function ($req, $res) use (&$afterwards) {
        $afterwards[] = fn () => $res->send('too late');
        return $res->send('in time');
    },
    'status' => fn ($req, $res, $o) => $res->send('status', $o->status),
    'bytes' => fn ($req, $res) => $res->send("\xff\xfe"),
    'unserialisable' => fn ($req, $res, $o) => $res->json(match ($o->kind) {
        'nan' => NAN,
        'infinity' => [INF],
        'cycle' => $cycle,
        'bytes' => ['held' => "\xff\xfe"],
        'function' => ['held' => fn () => null],
        'resource' => [STDERR],
    }),
    'throw' => function ($req, $res, $o) {
        $res->send('answered before the error');
        throwKind($o->kind ?? 'error', $o->text ?? 'probe error');
    },
    'sleep' => function ($req, $res, $o) {
        usleep((int) (($o->seconds ?? 1) * 1_000_000));
        return $res->send('slept');
    },
    'block' => function ($req, $res, $o) {
        usleep((int) (($o->seconds ?? 1) * 1_000_000));
        return $res->send('blocked');
    },
    'spin' => function ($req, $res, $o) {
        $end = microtime(true) + ($o->seconds ?? INF);
        while (microtime(true) < $end) {
        }
        return $res->send('spun');
    },
    'exit' => fn ($req, $res, $o) => exit($o->code ?? 0),
    'abort' => function ($req, $res, $o) {
        if (isset($o->line)) {
            file_put_contents('/tmp/begun', "$o->line\n", FILE_APPEND);
        }
        posix_kill(posix_getpid(), SIGABRT);
    },
    'print' => function ($req, $res, $o) {
        for ($number = 1; $number <= ($o->lines ?? 1); $number++) {
            $line = rtrim(str_pad($o->text ?? "line $number ", $o->bytes ?? 0, 'x')) . "\n";
            ($o->stream ?? 'stdout') === 'stderr' ? fwrite(STDERR, $line) : print $line;
        }
        return $res->send('printed');
    },
    'allocate' => function ($req, $res, $o) {
        $held = [];
        for ($mib = 0; $mib < ($o->mib ?? 1); $mib++) {
            $held[] = str_repeat('x', 2 ** 20);
        }
        return $res->send($held ? 'allocated' : 'nothing');
    },
    'environ' => fn ($req, $res) => $res->json((object) getenv()),
    'read' => function ($req, $res, $o) {
        $text = @file_get_contents($o->path);
        return $res->send(mb_scrub($text === false ? throw new RuntimeException("$o->path cannot be read") : $text));
    },
    'kill' => function ($req, $res, $o) {
        if (!posix_kill($o->pid, $o->signal ?? SIGKILL)) {
            throw new RuntimeException(posix_strerror(posix_get_last_error()));
        }
        return $res->send('killed');
    },
    'spawn' => fn ($req, $res) => $res->json(['pid' => startSleeper()]),
    'forks' => function ($req, $res, $o) {
        [$started, $error] = untilError($o->count ?? 200, 'startSleeper');
        return $res->json(['started' => $started, 'error' => $error]);
    },
    'descriptors' => function ($req, $res, $o) {
        $held = [];
        [$opened, $error] = untilError($o->count ?? 100_000, function () use (&$held) {
            $held[] = fopen('/dev/null', 'r');
        });
        return $res->json(['opened' => $opened, 'error' => $error]);
    },
    'fill' => function ($req, $res, $o) {
        $written = 0;
        [, $error] = untilError(1, function () use ($o, &$written) {
            $file = fopen($o->path ?? '/tmp/filled', 'w');
            for ($mib = 0; $mib < ($o->mib ?? 1024); $mib++) {
                $written += fwrite($file, str_repeat('x', 2 ** 20));
            }
        });
        return $res->json(['written' => $written, 'error' => $error]);
    },
    'tamper' => function ($req, $res) {
        chdir('/');
        array_map('putenv', array_keys(getenv()));
        putenv('TZ=Pacific/Kiritimati');
        date_default_timezone_set('Pacific/Kiritimati');
        setlocale(LC_ALL, 'C');
        ini_set('precision', '1');
        ini_set('serialize_precision', '1');
        ini_set('default_socket_timeout', '0');
        ini_set('pcre.backtrack_limit', '1');
        set_error_handler(fn () => throw new Error('tampered'));
        mb_internal_encoding('UTF-16');
        ob_start(fn () => 'tampered');
        return $res->send('tampered');
    },
    'mutate' => function ($req, $res) {
        $req['env']['MUTATED'] = $req->headers['mutated'] = 'yes';
        $req['payload'] = 'mutated';
        return $res->json(shown($req));
    },
    'counter' => function ($req, $res) use (&$counter) {
        return $res->json(['counter' => ++$counter]);
    },
    'pid' => fn ($req, $res) => $res->json(['pid' => posix_getpid()]),
    'uid' => fn ($req, $res) => $res->json(['uid' => posix_getuid(), 'gid' => posix_getgid()]),
    'big' => fn ($req, $res, $o) => $res->send(str_repeat('x', $o->bytes)),
    'proto' => fn ($req, $res) => $res->json(['value' => $req->env['__proto__'] ?? null]),
];

return function ($req, $res) use ($actions, &$afterwards) {
    while ($work = array_shift($afterwards)) {
        $work();
    }
    $options = json_decode($req->payload);
    $options = $options instanceof stdClass ? $options : new stdClass();
    return $actions[$options->action ?? 'answer']($req, $res, $options);
};
