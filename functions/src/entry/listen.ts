import { once } from 'node:events';
import type { Server } from 'node:http';

/** Resolves with the server's address once it answers. Rejects with a message that says what to do when the port is taken. */
export async function listen(server: Server, { HOST, PORT }: { readonly HOST: string; readonly PORT: number }): Promise<string> {
  server.listen(PORT, HOST);
  try {
    await once(server, 'listening');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE') {
      error.message = `Port ${PORT} on ${HOST} is in use. Set PORT to another one, for example PORT=8090 npm start`;
    }
    throw error;
  }
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : PORT;
  return `http://${HOST.includes(':') ? `[${HOST}]` : HOST}:${port}`;
}
