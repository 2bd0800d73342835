/** A body as it is sent. */
export type RequestBody = { readonly bytes: string | Uint8Array; readonly contentType: string };
