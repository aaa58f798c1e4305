<?php

namespace RuntimeAdapter;

/** What a function of the open-runtimes protocol is called with (docs/protocol-v5.md). */
final class Context
{
    private const LOGS = 0;
    private const ERRORS = 1;
    /** Whatever JSON cannot hold is left out of an entry. */
    private const AS_ENTRY = JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_LINE_TERMINATORS | JSON_UNESCAPED_SLASHES
        | JSON_PRESERVE_ZERO_FRACTION | JSON_INVALID_UTF8_SUBSTITUTE | JSON_PARTIAL_OUTPUT_ON_ERROR;

    public ContextResponse $res;
    /** The process whose call this is: a child that the function forks is none of the gateway's. */
    private int $process;

    public function __construct(public ContextRequest $req, private int $id, private bool $logging)
    {
        $this->res = new ContextResponse();
        $this->process = getmypid();
    }

    /** Adds an entry to the request's logs. */
    public function log(mixed ...$values): void
    {
        $this->tell(self::LOGS, $values);
    }

    /** Adds an entry to the request's errors. */
    public function error(mixed ...$values): void
    {
        $this->tell(self::ERRORS, $values);
    }

    /** What comes later is not this call's (V34). */
    public static function end(self $context): void
    {
        $context->logging = false;
    }

    private function tell(int $stream, array $values): void
    {
        if ($this->logging && $this->process === getmypid()) {
            $text = implode(' ', array_map(self::entry(...), $values));
            Worker::write(Frames::frame(Frames::LOG, $this->id, pack('CC', $stream, 0) . $text));
        }
    }

    /** A value in an entry: errors with their trace, arrays and objects as JSON, the rest as PHP writes it (V14). */
    private static function entry(mixed $value): string
    {
        try {
            return match (true) {
                is_string($value) => $value,
                $value instanceof \Throwable => Errors::describe($value),
                $value instanceof \Stringable => (string) $value,
                is_array($value), is_object($value) => (string) json_encode($value, self::AS_ENTRY),
                default => (string) $value,
            };
        } catch (\Throwable) {
            return get_debug_type($value); // what the object has to say of itself is an error
        }
    }
}
