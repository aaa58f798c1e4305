import greeting from "greeting";

export default async function ({ req, res, log, error }: any) {
  log("called", req.method, req.path, greeting);
  if (req.path === "/sleep") await new Promise((done) => setTimeout(done, 30000));
  if (req.path === "/crash") Deno.kill(Deno.pid, "SIGKILL"), await new Promise(() => {});
  if (req.path === "/echo") return res.binary(req.bodyBinary, 201, { "x-made-by": "a function" });
  if (req.path === "/write") {
    Deno.writeTextFileSync("/tmp/written", "x");
    try { Deno.writeTextFileSync("/mnt/logs/forged_logs.log", "x"); } catch (refused: any) { error(refused.code); }
  }
  const { env } = Deno;
  return res.json({ env: env.toObject(), headers: req.headers, folder: import.meta.dirname, body: req.bodyText, url: req.url });
}
