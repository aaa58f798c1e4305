import type { Context } from "./runtime_types.ts";

export default function main({ req, res, log }: Context): unknown {
  log(`called with ${req.method} ${req.path}`);
  let given;
  try {
    given = JSON.parse(req.bodyText || "{}");
  } catch {
    given = null;
  }
  if (given === null || typeof given !== "object" || Array.isArray(given)) {
    return res.json(
      { error: 'send a JSON object, such as {"name": "you"}' },
      400,
    );
  }
  const greeting = Deno.env.get("GREETING") ?? "Hello";
  const name = given.name ?? "World";
  return res.json({
    message: `${greeting}, ${name}!`,
    client: req.headers["user-agent"] ?? "unknown",
  });
}
