<?php
require 'nowhere.php';
return fn ($context) => $context->res->empty();
