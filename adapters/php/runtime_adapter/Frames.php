<?php

namespace RuntimeAdapter;

/** The frames between gateway and worker, as docs/worker-protocol.md describes them. */
final class Frames
{
    public const REQUEST = 0x01, PING = 0x02, FORK = 0x03, CALL = 0x04, OUTPUT = 0x05;
    public const READY = 0x11, FAILED = 0x12, ANSWER = 0x14, ERROR = 0x15, PONG = 0x16, SILENT = 0x17;
    public const LOG = 0x18, RESULT = 0x19;
    public const SERIAL = 0, TEMPLATE = 1;
    public const TEXT = 0, JSON = 1;
    /** Flags of READY: the function takes a context; the worker understands OUTPUT. */
    public const TAKES_CONTEXT = 0x02, CHANGES_OUTPUT = 0x04;
    public const HEAD = 9;

    /** One frame, ready to be written. */
    public static function frame(int $kind, int $id = 0, string $body = ''): string
    {
        return pack('NCN', 5 + strlen($body), $kind, $id) . $body;
    }

    /** A READY frame. Flags, if there are any, are the last byte. */
    public static function ready(int $mode, int $flags): string
    {
        return self::frame(self::READY, 0, pack('CN', $mode, 1) . ($flags ? pack('C', $flags) : ''));
    }

    /** The body of an ANSWER; a status that no i32 can hold is out of range anyway, which the gateway says. */
    public static function answerBody(int $status, int $type, string $text): string
    {
        return pack('NC', abs($status) < 2 ** 31 ? $status : -1, $type) . $text;
    }

    /** A FAILED or ERROR frame. */
    public static function failure(int $kind, int $id, int $code, string $message): string
    {
        return self::frame($kind, $id, pack('nN', $code, strlen($message)) . $message);
    }

    /** A `str` of the protocol; moves the position behind it. */
    public static function readString(string $body, int &$position): string
    {
        $start = $position + 4;
        $position = $start + unpack('N', $body, $position)[1];
        return substr($body, $start, $position - $start);
    }

    /** A `str` of the protocol. */
    public static function string(string $text): string
    {
        return pack('N', strlen($text)) . $text;
    }

    /** A `map` of the protocol; moves the position behind it. */
    public static function readMap(string $body, int &$position): array
    {
        $map = [];
        $count = unpack('N', $body, $position)[1];
        $position += 4;
        while ($count-- > 0) {
            $key = self::readString($body, $position);
            $map[$key] = self::readString($body, $position);
        }
        return $map;
    }

    /** The body of a REQUEST. */
    public static function readRequest(string $body): Request
    {
        $position = 0;
        $env = self::readMap($body, $position);
        $headers = self::readMap($body, $position);
        return new Request($env, $headers, self::readString($body, $position));
    }
}
