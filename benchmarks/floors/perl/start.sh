exec perl /floor/server.pl
