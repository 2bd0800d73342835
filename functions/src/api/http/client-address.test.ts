import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { expect, test } from 'vitest';
import { clientAddress } from './client-address.ts';

/** From a peer of 192.0.2.1. */
function requestWith(headers: Readonly<Record<string, string>>): IncomingMessage {
  const socket = Object.defineProperty(new Socket(), 'remoteAddress', { value: '192.0.2.1' });
  return Object.assign(new IncomingMessage(socket), { headers });
}

test('without a proxy in front no header says whose request it is', () => {
  for (const name of ['x-forwarded-for', 'x-real-ip', 'forwarded', 'true-client-ip', 'cf-connecting-ip', 'x-client-ip'])
    expect(clientAddress(requestWith({ [name]: '203.0.113.9' }), 0)).toBe('192.0.2.1');
});

test('with proxies the address is what the outermost of them saw, whatever the client has put before it', () => {
  expect(clientAddress(requestWith({ 'x-forwarded-for': '203.0.113.9' }), 1)).toBe('203.0.113.9');
  expect(clientAddress(requestWith({ 'x-forwarded-for': '1.1.1.1, 2.2.2.2, 203.0.113.9' }), 1)).toBe('203.0.113.9');
  expect(clientAddress(requestWith({ 'x-forwarded-for': '1.1.1.1,203.0.113.9 , 10.0.0.7' }), 2)).toBe('203.0.113.9');
});

test('a proxy that says nothing, or less than expected, leaves the peer', () => {
  for (const forwarded of ['', ' ', ',', '203.0.113.9,'])
    expect(clientAddress(requestWith({ 'x-forwarded-for': forwarded }), 1)).toBe('192.0.2.1');
  expect(clientAddress(requestWith({ 'x-forwarded-for': '203.0.113.9' }), 2)).toBe('192.0.2.1');
  expect(clientAddress(requestWith({}), 1)).toBe('192.0.2.1');
});
