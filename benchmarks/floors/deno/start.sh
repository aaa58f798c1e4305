exec deno run --no-remote --allow-net /floor/server.js
