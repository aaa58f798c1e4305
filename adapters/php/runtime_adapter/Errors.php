<?php

namespace RuntimeAdapter;

/** Turns whatever a function can throw into a message (contract E2, E3). */
final class Errors
{
    /** Longest text of one error, in bytes: leaves room for the stack trace in the 8 KiB of a message (contract E2). */
    private const TEXT_LIMIT = 4000;
    /** Most stack frames shown of one error, innermost first. */
    private const FRAME_LIMIT = 30;
    /** Most errors shown of a chain of causes. */
    private const CHAIN_LIMIT = 5;
    /** The errors after which PHP runs nothing but shutdown functions. */
    private const FATAL = E_ERROR | E_PARSE | E_CORE_ERROR | E_COMPILE_ERROR | E_USER_ERROR | E_RECOVERABLE_ERROR;

    /** Type, text and the function's own stack frames, of what was thrown and of what caused it. */
    public static function describe(\Throwable $error): string
    {
        $parts = [];
        for (; $error && count($parts) < self::CHAIN_LIMIT; $error = $error->getPrevious()) {
            $text = self::shorten($error->getMessage());
            $name = strstr($error::class . "\0", "\0", true); // an anonymous class has its place behind that
            $parts[] = $name . ($text === '' ? '' : ": $text") . self::framesOf($error);
        }
        return implode("\ncaused by ", $parts);
    }

    /** The fatal error that is ending the process, or null. */
    public static function describeFatal(): ?string
    {
        $error = error_get_last();
        if (!$error || !($error['type'] & self::FATAL)) {
            return null;
        }
        return 'Fatal error: ' . self::shorten($error['message']) . "\n    at {$error['file']}:{$error['line']}";
    }

    private static function shorten(string $text): string
    {
        return mb_scrub(mb_strcut($text, 0, self::TEXT_LIMIT, 'UTF-8'), 'UTF-8');
    }

    /** The frames inside the function's folder; a recursion's repeated ones once. */
    private static function framesOf(\Throwable $error): string
    {
        $folder = Worker::$folder;
        $frames = [];
        $place = ['file' => $error->getFile(), 'line' => $error->getLine()];
        foreach ([...$error->getTrace(), []] as $caller) {
            if (str_starts_with($place['file'] ?? '', $folder)) {
                $inside = ($caller['class'] ?? '') . ($caller['type'] ?? '') . ($caller['function'] ?? '');
                $where = "{$place['file']}:{$place['line']}";
                $frames[] = $inside === '' ? $where : "$inside ($where)";
            }
            $place = $caller;
        }
        $frames = array_slice(array_unique($frames), 0, self::FRAME_LIMIT);
        return implode('', array_map(static fn ($frame) => "\n    at $frame", $frames));
    }
}
