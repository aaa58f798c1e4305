const assert = require("node:assert");
const { test } = require("node:test");
const main = require("./index.js");

/** @param {string} body */
async function call(body) {
  /** @type {string[]} */
  const logged = [];
  const request = {
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
  /** @type {(body: unknown, statusCode?: number) => { value: unknown, status: number }} */
  const answer = (value, status = 200) => ({ value, status });
  const response = {
    text: answer,
    binary: answer,
    json: answer,
    send: answer,
    redirect: (/** @type {string} */ url, status = 301) => answer(url, status),
    empty: () => answer("", 204),
  };
  const entry = (/** @type {unknown[]} */ ...values) => void logged.push(values.join(" "));
  const result = await main({ req: request, res: response, log: entry, error: entry });
  return { .../** @type {{ value: unknown, status: number }} */ (result), logged };
}

test("greets whoever is named", async () => {
  process.env.GREETING = "Good day";
  const answer = await call('{"name": "you"}');
  delete process.env.GREETING;
  assert.deepStrictEqual(answer.value, { message: "Good day, you!", client: "test" });
  assert.strictEqual(answer.status, 200);
  assert.deepStrictEqual(answer.logged, ["called with POST /"]);
});

test("refuses what is no object", async () => {
  for (const body of ["no JSON", "[1]"]) {
    assert.strictEqual((await call(body)).status, 400);
  }
});
