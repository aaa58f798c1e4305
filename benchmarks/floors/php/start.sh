export PHP_CLI_SERVER_WORKERS=4
exec php -q -S 0.0.0.0:3000 /floor/server.php 2>/dev/null
