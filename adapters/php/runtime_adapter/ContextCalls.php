<?php

namespace RuntimeAdapter;

/** Calls of functions that take a context, from CALL to RESULT (docs/worker-protocol.md). */
final class ContextCalls
{
    public const WANTED = 'returns no function ($context). Did you forget to export a \'main\' function?';
    public const OTHER = 'returns a function ($req, $res), which the contract of 2021 calls; this server speaks the'
        . ' open-runtimes protocol (v5), which calls a function ($context): use an image of the other protocol, or'
        . ' change the function';

    /** Why the gateway could never call this, or null. */
    public static function refusal(mixed $function): ?string
    {
        if (!is_callable($function)) {
            return self::WANTED;
        }
        $needed = (new \ReflectionFunction(\Closure::fromCallable($function)))->getNumberOfRequiredParameters();
        return $needed > 1 ? self::OTHER : null;
    }

    /** Calls the function; the frame that says how it ended, RESULT or SILENT. What it throws is the caller's. */
    public static function call(callable $function, int $id, string $body): string
    {
        $context = self::read($id, $body);
        $buffers = ob_get_level();
        try {
            $returned = $function($context);
        } finally {
            // What the function has printed is its request's (V16), also what it has kept back.
            while (ob_get_level() > $buffers && ob_end_flush()) {
                continue;
            }
            Context::end($context);
        }
        return $returned === null ? Frames::frame(Frames::SILENT, $id) : self::result($id, $returned);
    }

    /** The body of a CALL. */
    private static function read(int $id, string $body): Context
    {
        $at = 1;
        $texts = [];
        foreach (['method', 'scheme', 'host'] as $name) {
            $texts[$name] = Frames::readString($body, $at);
        }
        $texts['port'] = unpack('n', $body, $at)[1];
        $at += 2;
        foreach (['path', 'queryString', 'url'] as $name) {
            $texts[$name] = Frames::readString($body, $at);
        }
        $maps = ['query' => Frames::readMap($body, $at), 'headers' => Frames::readMap($body, $at)];
        $request = new ContextRequest(...$texts, ...$maps, bodyBinary: substr($body, $at));
        return new Context($request, $id, (bool) (ord($body[0]) & 1));
    }

    /** The RESULT of what context.res gives, or of an array like it. */
    private static function result(int $id, mixed $returned): string
    {
        if (!is_array($returned)) {
            throw new \TypeError('the function must return what context.res gives, not ' . get_debug_type($returned));
        }
        ['body' => $body, 'statusCode' => $status, 'headers' => $headers] =
            $returned + ['body' => '', 'statusCode' => 200, 'headers' => []];
        if (!is_int($status)) {
            throw new \TypeError('the status must be an integer, not ' . get_debug_type($status));
        }
        if (!is_scalar($body) && !$body instanceof \Stringable) {
            throw new \TypeError('the body must be text or bytes (a string), not ' . get_debug_type($body));
        }
        $pairs = '';
        $count = 0;
        foreach ($headers as $name => $values) {
            foreach (is_array($values) ? $values : [$values] as $value) {
                if ($value !== null) {
                    $pairs .= Frames::string($name) . Frames::string($value);
                    $count++;
                }
            }
        }
        // A status that no i32 can hold is out of range anyway, which the gateway says.
        $head = pack('NN', abs($status) < 2 ** 31 ? $status : -1, $count);
        return Frames::frame(Frames::RESULT, $id, $head . $pairs . $body);
    }
}
