<?php

/** @param Context $context */
return function ($context) {
    $context->log('called with', $context->req->method, $context->req->path);
    $given = json_decode($context->req->bodyText === '' ? '{}' : $context->req->bodyText);
    if (!$given instanceof stdClass) {
        return $context->res->json(['error' => 'send a JSON object, such as {"name": "you"}'], 400);
    }
    $greeting = getenv('GREETING') ?: 'Hello';
    $name = $given->name ?? 'World';
    $client = $context->req->headers['user-agent'] ?? 'unknown';
    return $context->res->json(['message' => "$greeting, $name!", 'client' => $client]);
};
