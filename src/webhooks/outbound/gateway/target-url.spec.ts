import { WebhookUrlRefused } from '../domain/outbound.errors.js';
import { readTargetUrl } from './target-url.js';

const PUBLIC_ONLY = { allowPrivate: false };
const PRIVATE_TOO = { allowPrivate: true };

function reasonFor(text: string, policy = PUBLIC_ONLY): unknown {
  try {
    return `accepted as ${readTargetUrl(text, policy).href}`;
  } catch (error) {
    if (error instanceof WebhookUrlRefused) return error.details['reason'];
    throw error;
  }
}

const SPELLING = (address: string) => `must write the address as ${address}`;
const ADDRESS = 'must not lead to a private, local or reserved address';
const NAME = 'must name a host of the public internet';
const NO_URL = 'is not a URL such as https://shop.example/hooks';

/** One row for each way to write an address that people have used to get at what they should not. */
const HOSTILE_HOSTS: readonly (readonly [form: string, host: string, reason: string])[] = [
  ['loopback', '127.0.0.1', ADDRESS],
  ['another loopback', '127.8.9.10', ADDRESS],
  ['decimal', '2130706433', SPELLING('127.0.0.1')],
  ['decimal of a public address', '134744072', SPELLING('8.8.8.8')],
  ['octal', '0177.0.0.1', SPELLING('127.0.0.1')],
  ['octal with many zeros', '0000000177.0.0.01', SPELLING('127.0.0.1')],
  ['one octal number', '017700000001', SPELLING('127.0.0.1')],
  ['hexadecimal', '0x7f.0x0.0x0.0x1', SPELLING('127.0.0.1')],
  ['one hexadecimal number', '0x7f000001', SPELLING('127.0.0.1')],
  ['hexadecimal in capitals', '0X7F000001', SPELLING('127.0.0.1')],
  ['short, two parts', '127.1', SPELLING('127.0.0.1')],
  ['short, three parts', '127.0.1', SPELLING('127.0.0.1')],
  ['zero', '0', SPELLING('0.0.0.0')],
  ['mixed bases', '0x7f.0.0.01', SPELLING('127.0.0.1')],
  ['an address with a trailing dot', '127.0.0.1.', SPELLING('127.0.0.1')],
  ['full-width digits', '１２７.０.０.１', SPELLING('127.0.0.1')],
  ['circled digits', '①②⑦.⓪.⓪.①', SPELLING('127.0.0.1')],
  ['full stops of another script', '127。0。0。1', SPELLING('127.0.0.1')],
  ['this network', '0.0.0.0', ADDRESS],
  ['this network, another host', '0.1.2.3', ADDRESS],
  ['private 10/8', '10.1.2.3', ADDRESS],
  ['private 172.16/12', '172.31.255.254', ADDRESS],
  ['private 192.168/16', '192.168.0.10', ADDRESS],
  ['carrier-grade NAT', '100.64.0.1', ADDRESS],
  ['metadata of clouds', '169.254.169.254', ADDRESS],
  ['metadata in decimal', '2852039166', SPELLING('169.254.169.254')],
  ['metadata in Alibaba’s cloud', '100.100.100.200', ADDRESS],
  ['protocol assignments', '192.0.0.1', ADDRESS],
  ['documentation', '192.0.2.1', ADDRESS],
  ['6to4 relays', '192.88.99.1', ADDRESS],
  ['benchmarking', '198.18.0.1', ADDRESS],
  ['benchmarking, second half', '198.19.255.255', ADDRESS],
  ['multicast', '224.0.0.1', ADDRESS],
  ['reserved', '240.0.0.1', ADDRESS],
  ['broadcast', '255.255.255.255', ADDRESS],
  ['IPv6 loopback', '[::1]', ADDRESS],
  ['IPv6 loopback written out', '[0:0:0:0:0:0:0:1]', SPELLING('[::1]')],
  ['IPv6 unspecified', '[::]', ADDRESS],
  ['IPv6 unique local', '[fd00:ec2::254]', ADDRESS],
  ['IPv6 link-local', '[fe80::1]', ADDRESS],
  ['IPv6 link-local, end of its range', '[febf::1]', ADDRESS],
  ['IPv6 site-local', '[fec0::1]', ADDRESS],
  ['IPv6 multicast', '[ff02::1]', ADDRESS],
  ['IPv6 documentation', '[2001:db8::1]', ADDRESS],
  ['IPv6 discard', '[100::1]', ADDRESS],
  ['IPv4-mapped with dots', '[::ffff:127.0.0.1]', SPELLING('[::ffff:7f00:1]')],
  ['IPv4-mapped', '[::ffff:7f00:1]', ADDRESS],
  ['IPv4-mapped, public', '[::ffff:808:808]', ADDRESS],
  ['IPv4-mapped written out', '[0:0:0:0:0:ffff:7f00:1]', SPELLING('[::ffff:7f00:1]')],
  ['IPv4-compatible', '[::7f00:1]', ADDRESS],
  ['IPv4-translated', '[::ffff:0:7f00:1]', ADDRESS],
  ['NAT64', '[64:ff9b::7f00:1]', ADDRESS],
  ['NAT64 with dots', '[64:ff9b::169.254.169.254]', SPELLING('[64:ff9b::a9fe:a9fe]')],
  ['NAT64 of one’s own', '[64:ff9b:1::7f00:1]', ADDRESS],
  ['6to4', '[2002:7f00:1::]', ADDRESS],
  ['Teredo', '[2001:0:4136:e378:8000:63bf:3fff:fdd2]', ADDRESS],
  ['ORCHID', '[2001:20::1]', ADDRESS],
  ['localhost', 'localhost', NAME],
  ['localhost in capitals', 'LOCALHOST', NAME],
  ['localhost with a dot', 'localhost.', 'must not end its host with a dot'],
  ['below localhost', 'hooks.localhost', NAME],
  ['localhost.localdomain', 'localhost.localdomain', NAME],
  ['ip6-localhost', 'ip6-localhost', NAME],
  ['ip6-loopback', 'ip6-loopback', NAME],
  ['full-width localhost', 'ｌｏｃａｌｈｏｓｔ', NAME],
  ['encoded localhost', '%6c%6f%63%61%6c%68%6f%73%74', 'must not have an encoded host'],
  ['encoded address', '127%2e0.0.1', 'must not have an encoded host'],
  ['a bare name', 'postgres', NAME],
  ['a name of this network', 'printer.local', NAME],
  ['a name inside a cloud', 'metadata.google.internal', NAME],
  ['a public name with a trailing dot', 'shop.example.', 'must not end its host with a dot'],
  ['credentials', 'user:secret@shop.example', 'must not carry credentials: the signature says who sends'],
  ['a user alone', 'user@shop.example', 'must not carry credentials: the signature says who sends'],
  ['an empty user', '@shop.example', 'must not carry credentials: the signature says who sends'],
  [
    'an address behind a public name',
    'shop.example@127.0.0.1',
    'must not carry credentials: the signature says who sends',
  ],
  ['a backslash before another host', 'shop.example\\@127.0.0.1', NO_URL],
  ['a tab in the host', '127.0.\t0.1', NO_URL],
  ['a line break in the host', 'local\nhost', NO_URL],
  ['a soft hyphen in the host', 'local\u00adhost', NO_URL],
  ['a zone', '[fe80::1%25eth0]', NO_URL],
  ['too many parts', '1.2.3.4.5', NO_URL],
  ['a number that is too large', '4294967296', NO_URL],
  ['the port of mail', 'shop.example:25', 'must not name port 25: 443, or one from 1024 on'],
  ['the port of SSH', 'shop.example:22', 'must not name port 22: 443, or one from 1024 on'],
  ['the port of plain http', 'shop.example:80', 'must not name port 80: 443, or one from 1024 on'],
  ['port 0', 'shop.example:0', 'must not name port 0'],
  ['port 65536', 'shop.example:65536', NO_URL],
];

describe('the URL of a receiver', () => {
  it.each(HOSTILE_HOSTS)('is refused as %s: %s', (_, host, reason) => {
    expect(reasonFor(`https://${host}/hook`)).toBe(reason);
  });

  it.each([
    ['another scheme', 'ftp://shop.example/hook', NO_URL],
    ['data of its own', 'data:text/plain,hook', NO_URL],
    ['a file', 'file:///etc/passwd', NO_URL],
    ['no scheme', 'shop.example/hook', NO_URL],
    ['no authority', 'https:shop.example/hook', NO_URL],
    ['three slashes', 'https:///shop.example/hook', NO_URL],
    ['a space in front', ' https://shop.example/hook', NO_URL],
    ['nothing', '', NO_URL],
    ['plain http', 'http://shop.example/hook', 'must start with https://'],
    ['a fragment', 'https://shop.example/hook#part', 'must not have a fragment: it would never be sent'],
    ['too much of it', `https://shop.example/${'a'.repeat(2_048)}`, 'is longer than 2048 characters'],
  ])('is refused with %s', (_, text, reason) => {
    expect(reasonFor(text)).toBe(reason);
  });

  it.each([
    ['https://shop.example/hooks?tenant=1', 'https://shop.example/hooks?tenant=1'],
    ['https://Shop.Example:443', 'https://shop.example/'],
    ['https://shop.example:8443/hooks', 'https://shop.example:8443/hooks'],
    ['https://bücher.example/hooks', 'https://xn--bcher-kva.example/hooks'],
    ['https://8.8.8.8/hooks', 'https://8.8.8.8/hooks'],
    ['https://[2606:4700:4700::1111]/hooks', 'https://[2606:4700:4700::1111]/hooks'],
    ['https://localhost.shop.example/', 'https://localhost.shop.example/'],
  ])('may be %s', (text, href) => {
    expect(reasonFor(text)).toBe(`accepted as ${href}`);
  });

  describe('where private receivers are allowed', () => {
    it.each([
      'http://127.0.0.1:4000/hook',
      'http://localhost:4000/hook',
      'http://[::1]:4000/hook',
      'http://mailer/hook',
      'http://192.168.1.20/hook',
      'http://shop.example:80/hook',
      'https://shop.example/hook',
    ])('may be %s', (text) => {
      expect(reasonFor(text, PRIVATE_TOO)).toBe(`accepted as ${new URL(text).href}`);
    });

    it.each([
      ['http://169.254.169.254/latest/meta-data', ADDRESS],
      ['http://0.0.0.0:3000/', ADDRESS],
      ['http://[::ffff:7f00:1]/', ADDRESS],
      ['http://[64:ff9b::a9fe:a9fe]/', ADDRESS],
      ['http://255.255.255.255/', ADDRESS],
      ['http://2130706433/', SPELLING('127.0.0.1')],
      ['http://0x7f.1/', SPELLING('127.0.0.1')],
      ['http://localhost./', 'must not end its host with a dot'],
      ['http://user@localhost/', 'must not carry credentials: the signature says who sends'],
    ])('is refused all the same as %s', (text, reason) => {
      expect(reasonFor(text, PRIVATE_TOO)).toBe(reason);
    });
  });
});
