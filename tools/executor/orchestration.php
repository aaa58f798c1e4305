<?php
// The executor's engine client, as far as its class uses it. Containers get what the real one gives them: the same fields,
// no user, no limits but processors and memory.

namespace Utopia\Orchestration\Exception {
    class Orchestration extends \Exception
    {
    }

    class Timeout extends Orchestration
    {
    }
}

namespace Utopia\Orchestration {
    final readonly class Container
    {
        public function __construct(private string $id, private string $name)
        {
        }

        public function getId(): string
        {
            return $this->id;
        }

        public function getName(): string
        {
            return $this->name;
        }
    }

    /**
     * The engine. This program's /tmp is a folder of the engine's machine, whose name is in OWN_TMP: mounts are named by that.
     * Containers get one more label, from OWN_LABEL, by which a later run finds what a killed one has left.
     */
    final class Orchestration
    {
        private float $cpus = 0;
        private int $memory = 0;

        public function setCpus(float $cpus): self
        {
            $this->cpus = $cpus;
            return $this;
        }

        public function setMemory(int $megabytes): self
        {
            $this->memory = $megabytes;
            return $this;
        }

        public function run(
            string $image,
            string $name,
            array $command = [],
            string $workdir = '',
            array $volumes = [],
            array $vars = [],
            array $labels = [],
            string $hostname = '',
            string $network = '',
            string $restart = 'no',
        ): string {
            [$label, $owner] = explode('=', getenv('OWN_LABEL'), 2);
            $body = array_filter([
                'Hostname' => $hostname,
                'Image' => $image,
                'Cmd' => $command,
                'WorkingDir' => $workdir,
                'Labels' => [...$labels, $label => $owner],
                'Env' => array_map(fn(string $key, string $value): string => "$key=$value", array_keys($vars), $vars),
                'HostConfig' => [
                    'Binds' => preg_replace('#^/tmp/+#', getenv('OWN_TMP') . '/', $volumes),
                    'CpuQuota' => $this->cpus * 100000,
                    'CpuPeriod' => 100000,
                    'Memory' => $this->memory * 1000000,
                    'NetworkMode' => $network,
                    'RestartPolicy' => ['Name' => $restart],
                ],
            ]);
            $id = self::asked('POST', "/containers/create?name=$name", $body)['Id'];
            self::asked('POST', "/containers/$id/start", []);
            return $id;
        }

        public function execute(string $name, array $command, string &$output, array $vars = [], int $timeout = 60): bool
        {
            $output = '';
            $onFrame = function (int $stream, string $text) use (&$output): void {
                $output .= $text;
            };
            try {
                $status = \execute($name, $command, $onFrame, $timeout);
            } catch (\EngineError $error) {
                throw new Exception\Orchestration($error->getMessage(), $error->getCode(), $error);
            }
            if ($status !== 0) {
                throw new Exception\Orchestration("Failed to execute command. Exit code: $status");
            }
            return true;
        }

        public function remove(string $name, bool $force = false): bool
        {
            self::asked('DELETE', "/containers/$name?v=1&force=" . ($force ? '1' : '0'));
            return true;
        }

        /** @return list<Container> */
        public function list(array $filters = []): array
        {
            $wanted = urlencode(json_encode(array_map(fn(string $value): array => [$value], $filters)));
            $rows = self::asked('GET', "/containers/json?all=1&filters=$wanted");
            return array_map(fn(array $row): Container => new Container($row['Id'], ltrim($row['Names'][0], '/')), $rows);
        }

        private static function asked(string $method, string $path, ?array $body = null): mixed
        {
            try {
                return \ask($method, $path, $body);
            } catch (\EngineError $error) {
                throw new Exception\Orchestration($error->getMessage(), $error->getCode(), $error);
            }
        }
    }
}
