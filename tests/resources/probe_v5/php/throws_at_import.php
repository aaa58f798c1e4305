<?php
throw new RuntimeException('thrown while loading');
