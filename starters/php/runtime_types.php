<?php

// What a function is called with, for editors and type checkers. The runtime passes objects of its own; nothing loads
// this file.

/**
 * @property array<string, string> $env
 * @property array<string, string> $headers
 * @property string $payload
 */
interface Request
{
}

interface Response
{
    /** Answers with text. */
    public function send(string $text, int $status = 200): static;

    /** Answers with a value as JSON. */
    public function json(mixed $value, int $status = 200): static;
}
