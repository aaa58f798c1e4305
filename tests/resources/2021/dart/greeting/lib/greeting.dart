String greet(String name) => 'Hello $name!';
