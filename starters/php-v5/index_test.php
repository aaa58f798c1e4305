<?php

function call(string $body = '', array $env = []): object
{
    foreach ($env as $name => $value) {
        putenv("$name=$value");
    }
    $context = new class {
        public object $req;
        public object $res;
        public array $logged = [];

        public function log(mixed ...$values): void
        {
            $this->logged[] = implode(' ', $values);
        }
    };
    $context->req = (object) [
        'method' => 'POST', 'path' => '/', 'headers' => ['user-agent' => 'test'], 'bodyText' => $body,
    ];
    $context->res = new class {
        public function json(mixed $value, int $status = 200): array
        {
            return ['value' => $value, 'status' => $status];
        }
    };
    $main = require __DIR__ . '/index.php';
    $answer = (object) ($main($context) + ['logged' => $context->logged]);
    foreach (array_keys($env) as $name) {
        putenv($name);
    }
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
same(['called with POST /'], $answer->logged);

// It refuses what is no object.
foreach (['no JSON', '[1]'] as $body) {
    same(400, call($body)->status);
}

echo "ok\n";
