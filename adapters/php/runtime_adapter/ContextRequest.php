<?php

namespace RuntimeAdapter;

/**
 * `$context->req`. The forms of the body are made when they are asked for (V24).
 *
 * @property string $bodyText The body's bytes, as PHP's texts are bytes.
 * @property string $bodyRaw The old name of bodyText.
 * @property mixed $bodyJson The body, parsed; objects are arrays. Throws JsonException if it is no JSON.
 * @property mixed $body bodyJson if the Content-Type says JSON, an empty array for an empty body; else bodyText.
 */
#[\AllowDynamicProperties] // a function may put another body in the place of these
final class ContextRequest
{
    private const FORMS = ['bodyText', 'bodyRaw', 'bodyJson', 'body'];

    public function __construct(
        public string $method,
        public string $scheme,
        public string $host,
        public int $port,
        public string $path,
        public string $queryString,
        public string $url,
        public array $query,
        public array $headers,
        public string $bodyBinary,
    ) {
    }

    public function __get(string $name): mixed
    {
        return match ($name) {
            'bodyText', 'bodyRaw' => $this->bodyBinary,
            'bodyJson' => $this->bodyJson = $this->parse(),
            'body' => $this->isJson() ? ($this->bodyBinary === '' ? [] : $this->bodyJson) : $this->bodyBinary,
            default => throw new \Error("context.req has no $name"),
        };
    }

    public function __isset(string $name): bool
    {
        return in_array($name, self::FORMS, true);
    }

    private function isJson(): bool
    {
        return stripos($this->headers['content-type'] ?? '', 'application/json') === 0;
    }

    private function parse(): mixed
    {
        try {
            return json_decode($this->bodyBinary, true, 512, JSON_THROW_ON_ERROR);
        } catch (\JsonException $error) {
            throw new \JsonException('the body is no JSON: ' . $error->getMessage(), $error->getCode(), $error);
        }
    }
}
