<?php
// Throws while it is loaded.
throw new RuntimeException('probe import error');
