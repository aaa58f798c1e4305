<?php
// Ends the process while it is loaded.
exit(7);
