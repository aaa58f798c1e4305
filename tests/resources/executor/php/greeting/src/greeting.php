<?php

namespace Greeting;

const TEXT = 'hello';
