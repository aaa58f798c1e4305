export const other = (_req: unknown, res: { send(text: string): unknown }) => res.send('never');
