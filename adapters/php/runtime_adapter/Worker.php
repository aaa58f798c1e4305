<?php

namespace RuntimeAdapter;

/** This process: its connection, its function, its requests; as a template, its forks. */
final class Worker
{
    private const USAGE_ERROR = 64;
    private const CHUNK = 65_536;
    /** O_WRONLY of Linux. */
    private const WRITE_ONLY = 1;
    private const WANTED = 'returns no function ($req, $res)';

    /** What the function's file returned. */
    public static mixed $function;
    /** The function's folder, with a slash at its end. */
    public static string $folder;

    /** @var resource */
    private static $socket;
    private static string $buffer = '';
    /** The number of the request that is in the function; 0 while the file is loaded, null between requests. */
    private static ?int $running = 0;
    /** Whether the function takes a context, not a request and a response. */
    private static bool $takesContext;
    /** The open files and threads before loading. */
    private static array $inherited;

    /** Connects to the gateway. */
    public static function connect(array $arguments): void
    {
        $path = getenv('RUNTIME_SOCKET');
        if (!$path || count($arguments) !== 2) {
            fwrite(STDERR, "this is the worker of a PHP function, which the gateway starts; run /usr/local/src/launch.sh instead\n");
            exit(self::USAGE_ERROR);
        }
        self::$takesContext = getenv('RUNTIME_SHAPE') === 'context';
        foreach (['RUNTIME_SOCKET', 'RUNTIME_SHAPE'] as $name) {
            putenv($name);
            unset($_SERVER[$name], $_ENV[$name]);
        }
        self::$folder = getcwd() . '/';
        self::open($path);
        self::$inherited = self::sharedState();
        register_shutdown_function(self::end(...));
    }

    /** Says why there is nothing to call, and ends. */
    public static function giveUp(int $code, string $message): never
    {
        self::$running = null;
        self::write(Frames::failure(Frames::FAILED, 0, $code, $message));
        exit(1);
    }

    /** Answers requests with the function; as a template, where forks of this process are safe. */
    public static function serve(string $file): never
    {
        $refusal = self::$takesContext ? ContextCalls::refusal(self::$function)
            : (is_callable(self::$function) ? null : self::WANTED);
        if ($refusal !== null) {
            self::giveUp(404, basename($file) . ' ' . $refusal);
        }
        self::$running = null;
        $mode = self::sharedState() === self::$inherited ? Frames::TEMPLATE : Frames::SERIAL;
        if ($mode === Frames::TEMPLATE) {
            self::c(); // for all forks
        }
        self::writeReady($mode);
        $called = self::$takesContext ? Frames::CALL : Frames::REQUEST;
        while ([$kind, $id, $body] = self::read()) {
            match ($kind) {
                $called => self::write(self::call($id, $body)),
                Frames::PING => self::write(Frames::frame(Frames::PONG, $id)),
                Frames::OUTPUT => self::openOutput(self::folderIn($body)),
                Frames::FORK => self::fork($body),
            };
        }
        exit(0);
    }

    /** Calls the function and says how it ended. */
    private static function call(int $id, string $body): string
    {
        self::$running = $id;
        try {
            if (self::$takesContext) {
                return ContextCalls::call(self::$function, $id, $body);
            }
            $response = new Response();
            (self::$function)(Frames::readRequest($body), $response);
            $answer = Response::answerOf($response);
            return $answer === null ? Frames::frame(Frames::SILENT, $id) : Frames::frame(Frames::ANSWER, $id, $answer);
        } catch (\Throwable $error) {
            return Frames::failure(Frames::ERROR, $id, 500, Errors::describe($error));
        } finally {
            self::$running = null;
        }
    }

    /** At the end of the process: a fatal error is the running request's (contract E3); exit() is left to the gateway. */
    private static function end(): void
    {
        if (self::$running !== null && ($fatal = Errors::describeFatal())) {
            self::write(Frames::failure(self::$running ? Frames::ERROR : Frames::FAILED, self::$running, 500, $fatal));
        }
    }

    /** Forks twice, so that the new worker's parent is PID 1. */
    private static function fork(string $body): void
    {
        $between = pcntl_fork();
        if ($between === 0) {
            $worker = pcntl_fork();
            if ($worker === 0) {
                self::become(self::folderIn($body));
                return;
            }
            self::c()->_exit($worker > 0 ? 0 : 1); // exit() would run the function's shutdown functions and destructors
        }
        if ($between < 0 || pcntl_waitpid($between, $status) < 0 || $status !== 0) {
            exit(1);
        }
    }

    private static function folderIn(string $body): string
    {
        $start = 0;
        return Frames::readString($body, $start);
    }

    /** Prints to other pipes from now on. */
    private static function openOutput(string $folder): void
    {
        foreach (['stdout' => 1, 'stderr' => 2] as $name => $descriptor) {
            $opened = self::c()->open("$folder/$name", self::WRITE_ONLY);
            self::c()->dup2($opened, $descriptor);
            self::c()->close($opened);
        }
    }

    /** Makes a fresh fork a worker of its own. */
    private static function become(string $folder): void
    {
        posix_setsid();
        self::openOutput($folder);
        mt_srand(); // or all forks draw the same numbers
        fclose(self::$socket);
        self::$buffer = ''; // the forks after this one are the template's to make
        self::open("$folder/socket");
        self::writeReady(Frames::SERIAL);
    }

    private static function writeReady(int $mode): void
    {
        self::write(Frames::ready($mode, self::$takesContext ? Frames::TAKES_CONTEXT | Frames::CHANGES_OUTPUT : 0));
    }

    /** What PHP itself has no functions for. */
    private static function c(): \FFI
    {
        static $c;
        return $c ??= \FFI::cdef(
            'int open(const char *, int); int dup2(int, int); int close(int); void _exit(int);'
        );
    }

    private static function open(string $path): void
    {
        self::$socket = @stream_socket_client("unix://$path") ?: exit(0); // the gateway has given this worker up
        stream_set_timeout(self::$socket, -1); // PHP takes one that has been silent for a minute for closed
        stream_set_chunk_size(self::$socket, self::CHUNK);
    }

    /** Writes a frame; ends the process if nobody reads it. */
    public static function write(string $frame): void
    {
        if (@fwrite(self::$socket, $frame) !== strlen($frame)) {
            exit(0); // the gateway has closed the connection
        }
    }

    /** The next frame, as kind, id and body; null once the gateway has closed the connection. */
    private static function read(): ?array
    {
        while (strlen(self::$buffer) < Frames::HEAD || strlen(self::$buffer) < 4 + unpack('N', self::$buffer)[1]) {
            $data = @fread(self::$socket, self::CHUNK);
            if ($data === false || ($data === '' && feof(self::$socket))) {
                return null;
            }
            self::$buffer .= $data;
        }
        ['size' => $size, 'kind' => $kind, 'id' => $id] = unpack('Nsize/Ckind/Nid', self::$buffer);
        $body = substr(self::$buffer, Frames::HEAD, $size - 5);
        self::$buffer = substr(self::$buffer, 4 + $size);
        return [$kind, $id, $body];
    }

    /** Threads do not survive a fork; an open file's position, lock or connection would be everybody's. */
    private static function sharedState(): array
    {
        return [count(scandir('/proc/self/fd')), count(scandir('/proc/self/task'))];
    }
}
