const assert = require("node:assert");
const { test } = require("node:test");
const main = require("./index.js");

/**
 * @param {string} payload
 * @param {Record<string, string>} env
 */
async function call(payload, env = {}) {
  /** @type {{ value?: unknown, status?: number }} */
  const answer = {};
  /** @type {import("./runtime_types").Response} */
  const res = {
    send: (text, status = 200) => (Object.assign(answer, { value: text, status }), res),
    json: (value, status = 200) => (Object.assign(answer, { value, status }), res),
  };
  await main({ env, headers: { "user-agent": "test" }, payload }, res);
  return answer;
}

test("greets whoever is named", async () => {
  const answer = await call('{"name": "you"}', { GREETING: "Good day" });
  assert.deepStrictEqual(answer, { value: { message: "Good day, you!", client: "test" }, status: 200 });
});

test("refuses what is no object", async () => {
  for (const payload of ["no JSON", "[1]"]) {
    assert.strictEqual((await call(payload)).status, 400);
  }
});
