exec node /floor/server.js
