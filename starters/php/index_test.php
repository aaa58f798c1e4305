<?php

final class Answer
{
    public mixed $value = null;
    public int $status = 0;

    public function send(string $text, int $status = 200): static
    {
        [$this->value, $this->status] = [$text, $status];
        return $this;
    }

    public function json(mixed $value, int $status = 200): static
    {
        [$this->value, $this->status] = [$value, $status];
        return $this;
    }
}

function call(string $payload, array $env = []): Answer
{
    $main = require __DIR__ . '/index.php';
    $answer = new Answer();
    $main((object) ['env' => $env, 'headers' => ['user-agent' => 'test'], 'payload' => $payload], $answer);
    return $answer;
}

function same(mixed $expected, mixed $actual): void
{
    if ($expected !== $actual) {
        throw new Exception('expected ' . json_encode($expected) . ', got ' . json_encode($actual));
    }
}

// It greets whoever is named.
$answer = call('{"name": "you"}', ['GREETING' => 'Good day']);
same(['message' => 'Good day, you!', 'client' => 'test'], $answer->value);
same(200, $answer->status);

// It refuses what is no object.
foreach (['no JSON', '[1]'] as $payload) {
    same(400, call($payload)->status);
}

echo "ok\n";
