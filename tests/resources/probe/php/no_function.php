<?php
// Returns nothing.
function other($req, $res)
{
    $res->send('never');
}
