import fs from "node:fs";
import greeting from "greeting";

export default async ({ req, res, log, error }: any): Promise<unknown> => {
  log("called", req.method, req.path, greeting);
  if (req.path === "/sleep") await new Promise((done) => setTimeout(done, 30000));
  if (req.path === "/crash") process.kill(process.pid, "SIGKILL"), await new Promise(() => {});
  if (req.path === "/echo") return res.binary(req.bodyBinary, 201, { "x-made-by": "a function" });
  if (req.path === "/write") {
    fs.writeFileSync("/tmp/written", "x");
    try { fs.writeFileSync("/mnt/logs/forged_logs.log", "x"); } catch (refused: any) { error(refused.code); }
  }
  return res.json({ env: process.env, headers: req.headers, folder: __dirname, body: req.bodyText, url: req.url });
};
