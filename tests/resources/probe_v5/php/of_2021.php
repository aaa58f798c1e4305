<?php
return fn ($req, $res) => $res->json(['payload' => $req->payload]);
