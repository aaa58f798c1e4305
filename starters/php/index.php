<?php

/**
 * @param Request $req
 * @param Response $res
 */
return function ($req, $res) {
    $given = json_decode($req->payload === '' ? '{}' : $req->payload);
    if (!$given instanceof stdClass) {
        return $res->json(['error' => 'send a JSON object, such as {"name": "you"}'], 400);
    }
    $greeting = $req->env['GREETING'] ?? 'Hello';
    $name = $given->name ?? 'World';
    return $res->json(['message' => "$greeting, $name!", 'client' => $req->headers['user-agent'] ?? 'unknown']);
};
