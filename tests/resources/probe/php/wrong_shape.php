<?php
// What it returns cannot be called.
return 'no function';
