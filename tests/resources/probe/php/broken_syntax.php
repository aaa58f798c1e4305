<?php
// Line 4 is no PHP.
return function ($req, $res) {
    $res->send('never'];
};
