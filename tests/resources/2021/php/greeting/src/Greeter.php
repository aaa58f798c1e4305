<?php

namespace Greeting;

class Greeter
{
    public function greet($name)
    {
        return "Hello $name!";
    }
}
