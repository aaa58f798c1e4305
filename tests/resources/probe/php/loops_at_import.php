<?php
// Never finishes being loaded.
while (true) {
}
