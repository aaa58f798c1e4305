<?php

// What a function is called with, for editors and type checkers. The runtime passes objects of its own; nothing loads
// this file.

/**
 * @property Request $req
 * @property Response $res
 */
interface Context
{
    /** Adds an entry to the request's logs. */
    public function log(mixed ...$values): void;

    /** Adds an entry to the request's errors. */
    public function error(mixed ...$values): void;
}

/**
 * @property string $method
 * @property string $scheme
 * @property string $host
 * @property int $port
 * @property string $path As it was sent, not decoded.
 * @property string $queryString
 * @property string $url
 * @property array<string, string> $query Values are not decoded.
 * @property array<string, string> $headers Names are in lower case.
 * @property string $bodyBinary
 * @property string $bodyText
 * @property string $bodyRaw
 * @property mixed $bodyJson Throws JsonException if the body is no JSON. Objects are arrays.
 * @property mixed $body The parsed JSON if the Content-Type says so, else the text.
 */
interface Request
{
}

/** What its methods return is what a function returns. A header's value may be an array: several headers of that name. */
interface Response
{
    public function text(string $body, int $statusCode = 200, array $headers = []): array;

    public function binary(string $bytes, int $statusCode = 200, array $headers = []): array;

    /** An array becomes an object of JSON, and so do the arrays in it. Lists in an object stay lists. */
    public function json(mixed $obj, int $statusCode = 200, array $headers = []): array;

    public function send(string $body, int $statusCode = 200, array $headers = []): array;

    public function redirect(string $url, int $statusCode = 301, array $headers = []): array;

    public function empty(): array;
}
