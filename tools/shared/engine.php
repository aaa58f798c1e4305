<?php
// The engine's API over its socket, for the PHP programs of tools/.

const SOCKET = '/var/run/docker.sock';

final class EngineError extends RuntimeException
{
}

/**
 * Ask the engine, and read its answer as JSON.
 *
 * @param array<string, mixed>|null $body What is sent, as JSON.
 * @param callable(string): string|null $onBytes Gets the answer as it comes, and returns what it leaves for later.
 * @throws EngineError The engine refuses, is silent for too long, or cannot be reached. The code is its status, or 0.
 */
function ask(string $method, string $path, ?array $body = null, ?callable $onBytes = null, int $seconds = 60): mixed
{
    $text = '';
    $curl = curl_init('http://engine' . $path);
    curl_setopt_array($curl, [
        CURLOPT_UNIX_SOCKET_PATH => SOCKET,
        CURLOPT_CUSTOMREQUEST => $method,
        CURLOPT_TIMEOUT => $seconds,
        CURLOPT_WRITEFUNCTION => function ($curl, string $bytes) use (&$text, $onBytes): int {
            $text .= $bytes;
            if ($onBytes && curl_getinfo($curl, CURLINFO_HTTP_CODE) < 300) {
                $text = $onBytes($text);
            }
            return strlen($bytes);
        },
    ]);
    if ($body !== null) {
        curl_setopt($curl, CURLOPT_POSTFIELDS, json_encode($body));
        curl_setopt($curl, CURLOPT_HTTPHEADER, ['Content-Type: application/json']);
    }
    $done = curl_exec($curl);
    $status = curl_getinfo($curl, CURLINFO_HTTP_CODE);
    if (!$done || $status >= 300) {
        throw new EngineError("$method $path: " . (curl_error($curl) ?: $text), $done ? $status : 0);
    }
    return $onBytes ? null : json_decode($text, true);
}

/**
 * Take whole frames out of the engine's stream of a command's two outputs.
 *
 * @param callable(int, string): void $onFrame Gets each frame: 1 for standard output, 2 for errors, and its text.
 * @return string What is left: a frame that is not whole yet.
 */
function takeFrames(string $bytes, callable $onFrame): string
{
    while (strlen($bytes) >= 8) {
        ['stream' => $stream, 'size' => $size] = unpack('Cstream/x3/Nsize', $bytes);
        if (strlen($bytes) < 8 + $size) {
            break;
        }
        $onFrame($stream, substr($bytes, 8, $size));
        $bytes = substr($bytes, 8 + $size);
    }
    return $bytes;
}

/**
 * Run a command in a container, and return its exit code.
 *
 * @param list<string> $command
 * @param callable(int, string): void $onFrame As for takeFrames.
 * @throws EngineError As ask does.
 */
function execute(string $container, array $command, callable $onFrame, int $seconds = 60): int
{
    $body = ['AttachStdout' => true, 'AttachStderr' => true, 'Cmd' => $command];
    $id = ask('POST', "/containers/$container/exec", $body)['Id'];
    $take = fn(string $bytes): string => takeFrames($bytes, $onFrame);
    ask('POST', "/exec/$id/start", ['Detach' => false, 'Tty' => false], $take, $seconds);
    return ask('GET', "/exec/$id/json")['ExitCode'];
}
