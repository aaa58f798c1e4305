import { expect, test } from "bun:test";

import main from "./index";
import type { Request, Response } from "./runtime_types";

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

async function call(body: string) {
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
  const result = (await main({ req, res, log: entry, error: entry })) as Answer;
  return { ...result, logged };
}

test("greets whoever is named", async () => {
  process.env.GREETING = "Good day";
  const answer = await call('{"name": "you"}');
  delete process.env.GREETING;
  expect(answer).toEqual({
    value: { message: "Good day, you!", client: "test" },
    status: 200,
    logged: ["called with POST /"],
  });
});

test("refuses what is no object", async () => {
  for (const body of ["no JSON", "[1]"]) {
    expect((await call(body)).status).toBe(400);
  }
});
