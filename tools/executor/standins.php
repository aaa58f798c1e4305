<?php
// What the executor's class uses of other packages, as far as it uses it: written from how it calls them. Its engine client
// is in orchestration.php.

namespace Swoole {
    /** Rows that all processes share; here there is one process. */
    final class Table extends \ArrayIterator
    {
        public const TYPE_INT = 1;
        public const TYPE_STRING = 7;
        public const TYPE_FLOAT = 6;

        public function __construct(int $size)
        {
            parent::__construct();
        }

        public function column(string $name, int $type, int $size = 0): bool
        {
            return true;
        }

        public function create(): bool
        {
            return true;
        }

        public function get(string $key): array|false
        {
            return $this[$key] ?? false;
        }

        public function set(string $key, array $row): bool
        {
            $this[$key] = $row;
            return true;
        }

        public function exists(string $key): bool
        {
            return isset($this[$key]);
        }

        public function del(string $key): bool
        {
            unset($this[$key]);
            return true;
        }
    }
}

namespace Swoole\Coroutine {
    function batch(array $tasks): array
    {
        return array_map(fn(callable $task): mixed => $task(), $tasks);
    }
}

namespace Utopia {
    abstract class Validator
    {
        public const TYPE_STRING = 'string';
    }

    final class Console
    {
        /** Everything that is said goes to standard error: log, info, success, warning, error. */
        public static function __callStatic(string $name, array $said): void
        {
            fwrite(STDERR, implode(' ', array_map(strval(...), $said)) . "\n");
        }
    }
}

namespace Utopia\System {
    final class System
    {
        public static function getHostname(): string
        {
            return gethostname();
        }

        public static function getEnv(string $name, ?string $default = null): ?string
        {
            return getenv($name) === false ? $default : getenv($name);
        }
    }
}

namespace Utopia\Config {
    final class Config
    {
        private static array $loaded = [];

        public static function load(string $name, string $file): void
        {
            self::$loaded[$name] = include $file;
        }

        public static function getParam(string $name): mixed
        {
            return self::$loaded[$name];
        }
    }
}

namespace Utopia\DSN {
    /** No connection is ever named here, so that files are this machine's. */
    final class DSN
    {
        public function __construct(string $text)
        {
            throw new \InvalidArgumentException("Unable to parse '$text'");
        }
    }
}

namespace Utopia\Storage {
    enum Acl
    {
        case Private;
    }

    enum DeviceType: string
    {
        case Local = 'local';
        case S3 = 's3';
        case DoSpaces = 'dospaces';
        case Backblaze = 'backblaze';
        case Linode = 'linode';
        case Wasabi = 'wasabi';
    }

    abstract class Device
    {
    }
}

namespace Utopia\Storage\Device {
    /** Files of this machine. Folders are made with mode 0755. */
    final class Local extends \Utopia\Storage\Device
    {
        public function __construct(private readonly string $root = '')
        {
        }

        public function getPath(string $name): string
        {
            return "$this->root/$name";
        }

        public function exists(string $path): bool
        {
            return file_exists($path);
        }

        public function getFileSize(string $path): int
        {
            clearstatcache();
            return filesize($path);
        }

        public function read(string $path, int $offset = 0, ?int $length = null): string
        {
            return file_get_contents($path, offset: $offset, length: $length);
        }

        public function createDirectory(string $path): bool
        {
            return is_dir($path) || mkdir($path, 0755, true);
        }

        public function copy(string $path, string $target, Local $device): bool
        {
            return $device->createDirectory(dirname($target)) && copy($path, $target);
        }

        public function delete(string $path): bool
        {
            return unlink($path);
        }

        public function deletePath(string $path): bool
        {
            exec('rm -rf ' . escapeshellarg("$this->root/$path"), result_code: $status);
            return $status === 0;
        }
    }
}
