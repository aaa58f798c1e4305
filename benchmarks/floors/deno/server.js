// Deno's own HTTP server with a bare handler: what the runtime is compared with.
Deno.serve({ port: 3000, onListen() {} }, async (request) => {
  const { payload, env } = await request.json();
  return Response.json({ normal: 'Hello World!', env1: env.ENV1, payload });
});
