check() { php -l runtime_types.php; }
