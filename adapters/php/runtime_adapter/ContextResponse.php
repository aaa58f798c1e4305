<?php

namespace RuntimeAdapter;

/** `$context->res`: makes what a function returns (V27). */
final class ContextResponse
{
    private const AS_GIVEN = JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_LINE_TERMINATORS | JSON_UNESCAPED_SLASHES
        | JSON_THROW_ON_ERROR;

    /** Bytes. */
    public function binary(string $bytes, int $statusCode = 200, array $headers = []): array
    {
        return ['body' => $bytes, 'statusCode' => $statusCode, 'headers' => $headers];
    }

    /** Text. */
    public function text(string $body, int $statusCode = 200, array $headers = []): array
    {
        return $this->binary($body, $statusCode, $headers);
    }

    /** The old name of text and binary. */
    public function send(string $body, int $statusCode = 200, array $headers = []): array
    {
        return $this->binary($body, $statusCode, $headers);
    }

    /**
     * A value as compact JSON. An array is always an object of JSON, and so are the arrays in it: that is the protocol's
     * custom in PHP. Of an object's arrays those that are lists stay lists.
     */
    public function json(mixed $obj, int $statusCode = 200, array $headers = []): array
    {
        $text = json_encode($obj, self::AS_GIVEN | (is_array($obj) ? JSON_FORCE_OBJECT : 0));
        return $this->binary($text, $statusCode, ['content-type' => 'application/json'] + $headers);
    }

    /** No content. */
    public function empty(): array
    {
        return $this->binary('', 204);
    }

    /** No content, and where to go. */
    public function redirect(string $url, int $statusCode = 301, array $headers = []): array
    {
        return $this->binary('', $statusCode, ['location' => $url] + $headers);
    }
}
