/** What a function is called with, for editors and type checkers. The runtime passes objects of its own. */
export interface Request {
  method: string;
  scheme: string;
  host: string;
  port: number;
  /** As it was sent, not decoded. */
  path: string;
  queryString: string;
  url: string;
  /** Values are not decoded. */
  query: Record<string, string | undefined>;
  /** Names are in lower case. */
  headers: Record<string, string | undefined>;
  bodyBinary: Uint8Array;
  bodyText: string;
  /** Throws if the body is no JSON. */
  // deno-lint-ignore no-explicit-any
  readonly bodyJson: any;
  bodyRaw: string;
  /** The parsed JSON if the Content-Type says so, else the text. */
  // deno-lint-ignore no-explicit-any
  readonly body: any;
}

/** A list stands for several headers of one name; so does what was appended to `Headers`. */
export type AnswerHeaders =
  | Record<string, string | string[]>
  | Headers;

/** Makes what a function returns. */
export interface Response {
  text(body: string, statusCode?: number, headers?: AnswerHeaders): unknown;
  binary(
    body: Uint8Array | ArrayBuffer | Blob,
    statusCode?: number,
    headers?: AnswerHeaders,
  ): unknown;
  json(value: unknown, statusCode?: number, headers?: AnswerHeaders): unknown;
  send(
    body: string | number | Uint8Array | Blob,
    statusCode?: number,
    headers?: AnswerHeaders,
  ): unknown;
  redirect(url: string, statusCode?: number, headers?: AnswerHeaders): unknown;
  empty(): unknown;
}

export interface Context {
  req: Request;
  res: Response;
  /** Adds an entry to the request's logs. */
  log(...values: unknown[]): void;
  /** Adds an entry to the request's errors. */
  error(...values: unknown[]): void;
}
