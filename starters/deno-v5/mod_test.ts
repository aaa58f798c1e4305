import { deepStrictEqual, strictEqual } from "node:assert";

import main from "./mod.ts";
import type { Request, Response } from "./runtime_types.ts";

type Answer = { value: unknown; status: number };

const answer = (value: unknown, status = 200): Answer => ({ value, status });
const res: Response = {
  text: answer,
  binary: answer,
  json: answer,
  send: answer,
  redirect: (url, status = 301) => answer(url, status),
  empty: () => answer("", 204),
};

function call(body: string) {
  const logged: string[] = [];
  const req: Request = {
    method: "POST",
    scheme: "http",
    host: "localhost",
    port: 3000,
    path: "/",
    queryString: "",
    url: "http://localhost:3000/",
    query: {},
    headers: { "user-agent": "test" },
    bodyBinary: new TextEncoder().encode(body),
    bodyText: body,
    bodyRaw: body,
    body,
    get bodyJson() {
      return JSON.parse(body);
    },
  };
  const entry = (...values: unknown[]) => void logged.push(values.join(" "));
  const result = main({ req, res, log: entry, error: entry }) as Answer;
  return { ...result, logged };
}

Deno.test("greets whoever is named", () => {
  Deno.env.set("GREETING", "Good day");
  const answer = call('{"name": "you"}');
  Deno.env.delete("GREETING");
  deepStrictEqual(answer, {
    value: { message: "Good day, you!", client: "test" },
    status: 200,
    logged: ["called with POST /"],
  });
});

Deno.test("refuses what is no object", () => {
  for (const body of ["no JSON", "[1]"]) {
    strictEqual(call(body).status, 400);
  }
});
