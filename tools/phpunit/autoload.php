<?php
// The suite's classes come from its folder; no other package is loaded.
spl_autoload_register(function (string $class): void {
    $file = '/suite/tests/' . str_replace('\\', '/', substr($class, strlen('Tests\\'))) . '.php';
    if (str_starts_with($class, 'Tests\\') && is_file($file)) {
        require $file;
    }
});
