<?php
// The probe as an object that can be called, in a file that loads another.

return new class (require __DIR__ . '/index.php') {
    public function __construct(private Closure $probe)
    {
    }

    public function __invoke(object $context): mixed
    {
        return ($this->probe)($context);
    }
};
