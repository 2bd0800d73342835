import { StepError } from '@automateos/shared/model/step-error';
import { describe, expect, test } from 'vitest';
import { parseAllowList } from './allow-list.ts';
import { createEgressGuard } from './egress-guard.ts';

const closed = createEgressGuard(parseAllowList([]));

function codeOf(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    return error instanceof StepError ? `${error.failure.code}${error.failure.retryable ? ' retryable' : ''}` : String(error);
  }
  return 'admitted';
}

const spellingsOfLoopback = [
  'http://127.0.0.1/',
  'http://2130706433/',
  'http://0x7f000001/',
  'http://0X7F.1/',
  'http://017700000001/',
  'http://0177.0.0.01/',
  'http://127.1/',
  'http://127.0.1/',
  'http://127.255.255.254/',
  'http://0/',
  'http://0.0.0.0/',
  'http://127.0.0.1./',
  'http://１２７.0.0.1/',
  'http://①②⑦.⓪.⓪.①/',
  'http://127。0。0。1/',
  'http://%31%32%37.%30.0.1/',
  'http://0x7f.0x0.0x0.0x1:8080/x',
  'http://[::]/',
  'http://[::1]/',
  'http://[0:0:0:0:0:0:0:1]/',
  'http://[::ffff:127.0.0.1]/',
  'http://[::ffff:7f00:1]/',
  'http://[::127.0.0.1]/',
  'http://[::ffff:0:127.0.0.1]/',
  'http://[64:ff9b::127.0.0.1]/',
  'http://[64:ff9b:1::7f00:1]/',
  'http://[2002:7f00:1::]/',
  'http://[2001:0:7f00:1::]/',
];

const otherBadAddresses = [
  'http://10.0.0.1/',
  'http://172.16.0.1/',
  'http://172.31.255.255/',
  'http://192.168.0.1/',
  'http://169.254.169.254/latest/meta-data',
  'http://2852039166/',
  'http://[::ffff:169.254.169.254]/',
  'http://100.64.0.1/',
  'http://100.100.100.200/',
  'http://192.0.0.192/',
  'http://192.0.0.8/',
  'http://192.0.2.1/',
  'http://192.88.99.1/',
  'http://198.18.0.1/',
  'http://198.19.255.255/',
  'http://198.51.100.7/',
  'http://203.0.113.7/',
  'http://224.0.0.1/',
  'http://239.255.255.255/',
  'http://240.0.0.1/',
  'http://255.255.255.255/',
  'http://168.63.129.16/',
  'http://[fd00:ec2::254]/',
  'http://[fc00::1]/',
  'http://[fe80::1]/',
  'http://[fec0::1]/',
  'http://[ff02::1]/',
  'http://[100::1]/',
  'http://[2001:db8::1]/',
  'http://[3fff::1]/',
  'http://[2001:20::1]/',
  'http://[2001:100::1]/',
  'http://[5f00::1]/',
  'http://[4000::1]/',
];

const badNames = [
  'http://metadata.google.internal/computeMetadata/v1/',
  'http://METADATA.google.INTERNAL/',
  'http://metadata.google.internal./',
  'http://metadata.google.internal../',
  'http://metadata/',
  'http://instance-data/',
];

const badSpellings = [
  'http://user@example.com/',
  'http://user:secret@example.com/',
  'http://example.com\\@127.0.0.1/',
  'http:\\\\example.com\\',
  'http://exam\tple.com/',
  'http://example.com/\r\nX-Injected: 1',
  'http://example.com/\u0000',
  'file:///etc/passwd',
  'ftp://example.com/',
  'gopher://example.com/_x',
  'data:text/plain,hello',
  'javascript:alert(1)',
];

describe('a URL is refused', () => {
  test.each(spellingsOfLoopback)('for loopback spelled %s', (url) => {
    expect(codeOf(() => closed.admit(url))).toBe('EGRESS_REFUSED');
  });
  test.each(otherBadAddresses)('for the reserved address %s', (url) => {
    expect(codeOf(() => closed.admit(url))).toBe('EGRESS_REFUSED');
  });
  test.each(badNames)('for the metadata name %s', (url) => {
    expect(codeOf(() => closed.admit(url))).toBe('EGRESS_REFUSED');
  });
  test.each(badSpellings)('for what %j hides', (url) => {
    expect(codeOf(() => closed.admit(url))).toBe('EGRESS_REFUSED');
  });
  test.each([
    '',
    'example.com/x',
    'localhost:8080/x',
    '/path',
    'http:/example.com',
    'http:127.0.0.1',
    'http:///127.0.0.1',
    'http://256.1.1.1/',
    'http://[fe80::1%25eth0]/',
    'http://exa mple.com/',
    'http://example.com:99999/',
  ])('as not valid: %j', (url) => {
    expect(codeOf(() => closed.admit(url))).toBe('URL_INVALID');
  });
});

test('public addresses and names pass', () => {
  for (const url of [
    'http://example.com/',
    'https://8.8.8.8/x?y#z',
    'https://[2606:4700::1111]/',
    'http://172.32.0.1/',
    'https://example.com/?path=C:\\temp',
  ]) {
    expect(
      codeOf(() => closed.admit(url)),
      url,
    ).toBe('admitted');
  }
});

describe('a name', () => {
  test('with one bad address among good ones is refused', () => {
    expect(codeOf(() => closed.admitAddresses('rebind.example', ['8.8.8.8', '127.0.0.1']))).toBe('EGRESS_REFUSED');
    expect(codeOf(() => closed.admitAddresses('rebind.example', ['8.8.8.8', '::ffff:10.0.0.1']))).toBe('EGRESS_REFUSED');
    expect(codeOf(() => closed.admitAddresses('rebind.example', ['fe80::1%eth0']))).toBe('EGRESS_REFUSED');
    expect(codeOf(() => closed.admitAddresses('rebind.example', ['not an address']))).toBe('EGRESS_REFUSED');
  });
  test('with only public addresses passes', () => {
    expect(codeOf(() => closed.admitAddresses('good.example', ['8.8.8.8', '2606:4700::1111']))).toBe('admitted');
  });
});

describe("the operator's list", () => {
  test('opens addresses, ranges and names, and nothing beside them', () => {
    const guard = createEgressGuard(
      parseAllowList(['127.0.0.1', ' 10.1.0.0/16', 'Db.Internal', '*.corp.example', 'fd00::/8', '']),
    );
    for (const url of [
      'http://127.0.0.1/',
      'http://127.1/',
      'http://[::ffff:127.0.0.1]/',
      'http://10.1.2.3/',
      'http://[fd12::1]/',
      'http://db.internal/',
    ]) {
      expect(
        codeOf(() => guard.admit(url)),
        url,
      ).toBe('admitted');
    }
    for (const url of ['http://127.0.0.2/', 'http://10.2.0.1/', 'http://[::1]/', 'http://[64:ff9b::127.0.0.1]/']) {
      expect(
        codeOf(() => guard.admit(url)),
        url,
      ).toBe('EGRESS_REFUSED');
    }
    expect(codeOf(() => guard.admitAddresses('db.internal', ['192.168.0.9']))).toBe('admitted');
    expect(codeOf(() => guard.admitAddresses('a.corp.example', ['192.168.0.9']))).toBe('admitted');
    expect(codeOf(() => guard.admitAddresses('evilcorp.example', ['192.168.0.9']))).toBe('EGRESS_REFUSED');
    expect(codeOf(() => guard.admitAddresses('any.example', ['127.0.0.1', '10.1.0.1']))).toBe('admitted');
  });
  test.each(['10.0.0.0/33', 'http://x/', '10.0.0', 'a b', '*', '10.0.0.0-10.0.0.9', '::/200'])(
    'refuses to start with %s',
    (entry) => {
      expect(() => parseAllowList([entry])).toThrow(/AUTOMATEOS_EGRESS_ALLOW/);
    },
  );
});
