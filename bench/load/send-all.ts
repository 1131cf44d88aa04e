import { Connection, type HttpAnswer } from './connection.js';

export interface PostRequest {
  readonly path: string;
  /** Lines that end in CRLF each. */
  readonly headers: string;
  readonly body: string;
}

/** Posts all of them as fast as the connections take them. Answers the seconds; throws at another status than `wanted`. */
export async function sendAll(
  port: number,
  requests: readonly PostRequest[],
  { connections, wanted }: { readonly connections: number; readonly wanted: number },
): Promise<number> {
  const opened = await Promise.all(Array.from({ length: connections }, () => Connection.open(port)));
  const left = requests.values();
  const begun = performance.now();
  const sendSome = async (connection: Connection): Promise<void> => {
    // All connections take from the same iterator, each request once.
    for (const { path, headers, body } of left) {
      requireStatus(await connection.send('POST', path, headers, body), wanted);
    }
  };
  try {
    await Promise.all(opened.map(sendSome));
    return (performance.now() - begun) / 1_000;
  } finally {
    for (const connection of opened) connection.close();
  }
}

function requireStatus({ status, body }: HttpAnswer, wanted: number): void {
  if (status !== wanted) throw new Error(`answered ${status} and not ${wanted}: ${body.slice(0, 300)}`);
}
