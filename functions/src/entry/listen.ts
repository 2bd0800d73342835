/** Opens the port; what stands in the way is told by the variable that mends it. */
import { once } from 'node:events';
import type { Server } from 'node:http';

type Address = { readonly HOST: string; readonly PORT: number };

/** The message names HOST or PORT. */
export class ListenError extends Error {
  override readonly name = 'ListenError';
}

/** Resolves with the server's address once it answers. Throws ListenError. */
export async function listen(server: Server, { HOST, PORT }: Address): Promise<string> {
  try {
    server.listen(PORT, HOST);
    await once(server, 'listening');
  } catch (error) {
    throw new ListenError(explain(error, { HOST, PORT }), { cause: error });
  }
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : PORT;
  return `http://${HOST.includes(':') ? `[${HOST}]` : HOST}:${port}`;
}

function explain(error: unknown, { HOST, PORT }: Address): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  switch (code) {
    case 'EADDRINUSE':
      return `Port ${PORT} on ${HOST} is in use. Set PORT to another one, for example PORT=8090 npm start`;
    case 'EACCES':
      return `Port ${PORT} may not be opened by this user. Set PORT to one above 1023, for example PORT=8090 npm start`;
    default:
      return `HOST ${HOST} is no address of this machine (${code === '' ? String(error) : code}). Set HOST to 127.0.0.1, or to 0.0.0.0 for all addresses`;
  }
}
