<?php

include './vendor/autoload.php';

use Greeting\Greeter;

return function ($req, $res) {
    $greeter = new Greeter();
    echo 'asked for ' . ($req['headers']['host'] ?? 'nobody') . "\n";

    $res->json([
        'normal' => $greeter->greet('World'),
        'env1' => $req['env']['ENV1'],
        'payload' => $req['payload'],
    ]);
};
