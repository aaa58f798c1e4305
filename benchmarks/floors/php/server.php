<?php
// PHP's own HTTP server with a bare handler: what the runtime is compared with. It closes each connection.
$request = json_decode(file_get_contents('php://input'), true);
$body = json_encode(['normal' => 'Hello World!', 'env1' => $request['env']['ENV1'], 'payload' => $request['payload']]);
header('Content-Type: application/json');
header('Content-Length: ' . strlen($body));
echo $body;
