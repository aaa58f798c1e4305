<?php
// Drives the executor's class through a function's life, and prints one line of JSON for each check: its name, and what was
// wrong with it ("" if nothing). The checkout is in /executor; see orchestration.php for OWN_TMP and OWN_LABEL.

require '/usr/local/share/tools/engine.php';
require '/usr/local/share/executor/standins.php';
require '/usr/local/share/executor/orchestration.php';

spl_autoload_register(function (string $class): void {
    $prefix = 'OpenRuntimes\\Executor\\';
    if (str_starts_with($class, $prefix)) {
        require '/executor/src/Executor/' . str_replace('\\', '/', substr($class, strlen($prefix))) . '.php';
    }
});

const MAX_LOG_SIZE = 5 * 1024 * 1024;
const MAX_BUILD_LOG_SIZE = 1000 * 1000;
const START = 'cp /tmp/code.tar.gz /mnt/code/code.tar.gz && nohup helpers/start.sh "bash helpers/server.sh"';

use OpenRuntimes\Executor\Exception as ExecutorException;
use OpenRuntimes\Executor\Runner\Docker;
use OpenRuntimes\Executor\Runner\Repository\Runtimes;
use Utopia\Config\Config;
use Utopia\Orchestration\Orchestration;

Config::load('errors', '/executor/app/config/errors.php');

$image = getenv('IMAGE');
$entrypoint = getenv('ENTRYPOINT');
$source = '/tmp/storage/source.tar.gz';
$runner = new Docker(new Orchestration(), new Runtimes(), [getenv('NETWORK')]);

/** The variables that the executor's route for new runtimes adds to the user's. */
$variables = fn(string $secret): array => [
    'CUSTOM' => 'of the user',
    'OPEN_RUNTIMES_SECRET' => $secret,
    'OPEN_RUNTIMES_ENTRYPOINT' => $entrypoint,
    'OPEN_RUNTIMES_HOSTNAME' => gethostname(),
    'OPEN_RUNTIMES_CPUS' => '1',
    'OPEN_RUNTIMES_MEMORY' => '512',
    'CI' => 'true',
];
$create = function (string $id, string $source, string $destination, string $start, string $command, bool $remove) use ($runner, $image, $entrypoint, $variables): array {
    $secret = bin2hex(random_bytes(16));
    return $runner->createRuntime($id, $secret, $image, $entrypoint, $source, $destination, $variables($secret), $start, $command, 120, $remove, 1, 512, 'v5', 'no');
};
$build = fn(string $install): string => "tar -zxf /tmp/code.tar.gz -C /mnt/code && helpers/build.sh '$install'";
$call = function (string $path, string $method = 'GET', string $payload = '', int $timeout = 15, bool $logging = true, array $headers = []) use ($runner, $image, $entrypoint): array {
    return $runner->createExecution('serve', $payload, $path, $method, $headers, $timeout, $image, '', $entrypoint, [], 1, 512, 'v5', START, $logging, 'no');
};

/** Run one check. It returns what is wrong, or "". What it throws is wrong, too. */
function check(string $name, callable $of): void
{
    try {
        $wrong = $of();
    } catch (Throwable $error) {
        $wrong = get_class($error) . ': ' . $error->getMessage();
    }
    echo json_encode(['name' => $name, 'wrong' => $wrong], JSON_INVALID_UTF8_SUBSTITUTE), "\n";
}

/** What is wrong with a value that should be another one. */
function differs(mixed $wanted, mixed $got): string
{
    return $wanted === $got ? '' : 'wanted ' . json_encode($wanted) . ', got ' . json_encode($got, JSON_INVALID_UTF8_SUBSTITUTE);
}

$built = [];
check('a function is built, and its archive kept', function () use ($create, $build, $source, &$built): string {
    $built = $create('build', $source, '/tmp/storage/builds', '', $build(getenv('INSTALL')), true);
    return differs([true, true], [is_file($built['path']), $built['size'] > 0]);
});
check('the build log has times and text', function () use (&$built): string {
    $text = implode('', array_column($built['output'], 'content'));
    $isLog = trim($text) !== '' && !str_contains($text, 'Script started') && strtotime($built['output'][0]['timestamp']);
    return $isLog ? '' : "got $text";
});
check('a build that fails tells its log', function () use ($create, $build, $source): string {
    try {
        $create('broken', $source, '/tmp/storage/builds', '', $build('echo own words; exit 7'), true);
    } catch (ExecutorException $error) {
        return differs([ExecutorException::BUILD_FAILED, true], [$error->getType(), str_contains($error->getMessage(), 'own words') || str_contains($error->getMessage(), 'Build command')]);
    }
    return 'nothing was thrown';
});
check('a runtime starts', function () use ($create, &$built): string {
    return differs(false, $create('serve', $built['path'], '', START, '', false) === []);
});
check('the first request waits for the start and is answered', function () use ($call): string {
    $got = $call('/first?a=b', headers: ['x-own' => 'yes']);
    $said = json_decode($got['body'], true);
    return differs(
        [200, "called GET /first hello\n", '', 'yes', 'of the user', '/usr/local/server/src/function'],
        [$got['statusCode'], $got['logs'], $got['errors'], $said['headers']['x-own'], $said['env']['CUSTOM'], $said['folder']],
    );
});
check('the function sees neither the secret nor control headers', function () use ($call): string {
    $said = json_decode($call('/')['body'], true);
    $seen = array_filter(array_keys($said['headers']), fn(string $name): bool => $name === 'authorization' || str_starts_with($name, 'x-open-runtimes-'));
    return differs([[], false], [$seen, isset($said['env']['OPEN_RUNTIMES_SECRET'])]);
});
foreach (['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'HEAD'] as $method) {
    check("$method reaches the function", function () use ($call, $method): string {
        $got = $call('/', $method);
        return differs([200, "called $method / hello\n"], [$got['statusCode'], $got['logs']]);
    });
}
check('2 MiB go there and back', function () use ($call): string {
    $bytes = random_bytes(2 * 1024 * 1024);
    $got = $call('/echo', 'POST', $bytes);
    return differs([201, md5($bytes), 'a function'], [$got['statusCode'], md5($got['body']), $got['headers']['x-made-by']]);
});
check('logging can be off', function () use ($call): string {
    $got = $call('/', logging: false);
    return differs([200, '', ''], [$got['statusCode'], $got['logs'], $got['errors']]);
});
check('a time-out is answered, and what was logged is kept', function () use ($call): string {
    $got = $call('/sleep', timeout: 2);
    return differs([500, '', "called GET /sleep hello\n", true], [$got['statusCode'], $got['body'], $got['logs'], str_contains($got['errors'], 'timed out')]);
});
check('a crash is answered, and the next request is served', function () use ($call): string {
    $got = $call('/crash');
    return differs([500, '', "called GET /crash hello\n", true, 200], [$got['statusCode'], $got['body'], $got['logs'], $got['errors'] !== '', $call('/')['statusCode']]);
});
check('the function writes to /tmp and not to the logs', function () use ($call): string {
    $got = $call('/write');
    return differs([200, "EACCES\n"], [$got['statusCode'], $got['errors']]);
});
check('no log file is left', fn(): string => differs([], glob('/tmp/' . gethostname() . '-serve/logs/*')));
check('a command runs in the runtime', function () use ($runner, $entrypoint): string {
    return differs("$entrypoint\n", $runner->executeCommand('serve', 'cd src/function && ls ' . escapeshellarg($entrypoint), 10));
});
check('the runtime is deleted', function () use ($runner): string {
    $runner->deleteRuntime('serve');
    return differs([], $runner->getRuntimes());
});
check('a clean-up removes what is left', function () use ($runner, $create, &$built): string {
    $create('idle', $built['path'], '', START, '', false);
    $runner->cleanup();
    return differs([], $runner->getRuntimes());
});
