<?php

namespace RuntimeAdapter;

/** What the function is called with (contract F2); also as an array, `$req['env']`, as in 2021. */
final class Request implements \ArrayAccess
{
    /** What functions of 2022 call `env` (contract F8). */
    public array $variables;

    public function __construct(public array $env, public array $headers, public string $payload)
    {
        $this->variables = &$this->env;
    }

    public function offsetExists(mixed $name): bool
    {
        return isset($this->$name);
    }

    public function &offsetGet(mixed $name): mixed
    {
        return $this->$name;
    }

    public function offsetSet(mixed $name, mixed $value): void
    {
        $this->$name = $value;
    }

    public function offsetUnset(mixed $name): void
    {
        unset($this->$name);
    }
}
