<?php

// What GREETING says to whom the payload names.
return function ($req, $res) {
    $payload = json_decode($req['payload'] ?: '{}', true);
    $greeting = $req['variables']['GREETING'] ?? 'Hello';
    $res->json([
        'message' => $greeting . ', ' . ($payload['name'] ?? 'World') . '!',
        'client' => $req['headers']['user-agent'] ?? null,
    ]);
};
