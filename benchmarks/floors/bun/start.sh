exec bun /floor/server.js
