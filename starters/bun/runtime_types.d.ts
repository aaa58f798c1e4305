/** What a function is called with, for editors and type checkers. The runtime passes objects of its own. */
export interface Request {
  env: Record<string, string | undefined>;
  headers: Record<string, string | undefined>;
  payload: string;
}

export interface Response {
  /** Answers with text. */
  send(text: string, status?: number): Response;
  /** Answers with a value as JSON. */
  json(value: unknown, status?: number): Response;
}

export type Handler = (req: Request, res: Response) => unknown;
