<?php
return function ($context { };
