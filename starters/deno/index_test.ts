import { deepStrictEqual, strictEqual } from "node:assert";

import main from "./index.ts";
import type { Response } from "./runtime_types.ts";

function call(payload: string, env: Record<string, string> = {}) {
  const answer: { value?: unknown; status?: number } = {};
  const res: Response = {
    send: (
      text,
      status = 200,
    ) => (Object.assign(answer, { value: text, status }), res),
    json: (
      value,
      status = 200,
    ) => (Object.assign(answer, { value, status }), res),
  };
  main({ env, headers: { "user-agent": "test" }, payload }, res);
  return answer;
}

Deno.test("greets whoever is named", () => {
  const answer = call('{"name": "you"}', { GREETING: "Good day" });
  deepStrictEqual(answer, {
    value: { message: "Good day, you!", client: "test" },
    status: 200,
  });
});

Deno.test("refuses what is no object", () => {
  for (const payload of ["no JSON", "[1]"]) {
    strictEqual(call(payload).status, 400);
  }
});
