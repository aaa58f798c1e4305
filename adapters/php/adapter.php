<?php
// The PHP worker: loads one function file and answers the gateway's requests with it (docs/worker-protocol.md).
// The function's file is required here, so that its variables are global ones, as in a script of its own.

spl_autoload_register(static function (string $class): void {
    if (str_starts_with($class, 'RuntimeAdapter\\')) {
        require __DIR__ . '/runtime_adapter/' . substr($class, 15) . '.php';
    }
});

RuntimeAdapter\Worker::connect($argv);
try {
    if (is_file('vendor/autoload.php')) {
        require_once 'vendor/autoload.php';
    }
    RuntimeAdapter\Worker::$function = require $argv[1];
} catch (Throwable $error) {
    RuntimeAdapter\Worker::giveUp(500, RuntimeAdapter\Errors::describe($error));
}
RuntimeAdapter\Worker::serve($argv[1]);
