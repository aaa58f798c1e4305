<?php

namespace RuntimeAdapter;

/** How the function answers (contract F3, F4). The last call before the function's end wins. */
final class Response
{
    private const AS_GIVEN = JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_LINE_TERMINATORS | JSON_UNESCAPED_SLASHES
        | JSON_PRESERVE_ZERO_FRACTION | JSON_THROW_ON_ERROR;

    private ?string $answer = null;

    /** Answers with text, as UTF-8. */
    public function send(mixed $text, mixed $status = 200): static
    {
        if (!is_string($text) && !$text instanceof \Stringable) {
            throw new \TypeError('res.send takes text (a string), not ' . get_debug_type($text));
        }
        if (!mb_check_encoding($text, 'UTF-8')) {
            throw new \TypeError('res.send takes text, not bytes that are no UTF-8');
        }
        return $this->keep($text, $status, Frames::TEXT);
    }

    /** Answers with a value as JSON. */
    public function json(mixed $value, mixed $status = 200): static
    {
        $text = json_encode($value, self::AS_GIVEN);
        // To PHP, a function is an object without properties.
        if (str_contains($text, '{}')) {
            self::refuseFunctions($value);
        }
        return $this->keep($text, $status, Frames::JSON);
    }

    /** The body of the ANSWER frame, or null. */
    public static function answerOf(self $response): ?string
    {
        return $response->answer;
    }

    private function keep(string $text, mixed $status, int $type): static
    {
        if (!is_int($status)) {
            throw new \TypeError('the status must be an integer, not ' . get_debug_type($status));
        }
        $this->answer = Frames::answerBody($status, $type, $text);
        return $this;
    }

    private static function refuseFunctions(mixed $value): void
    {
        if ($value instanceof \Closure) {
            throw new \TypeError('JSON cannot hold a function');
        }
        if (is_array($value) || $value instanceof \stdClass) {
            foreach ($value as $held) {
                self::refuseFunctions($held);
            }
        }
    }
}
