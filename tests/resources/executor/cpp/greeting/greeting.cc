const char* greeting() { return "hello"; }
