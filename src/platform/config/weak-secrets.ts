/** Words that stand in documentation where a secret belongs. No random text of the usual alphabets holds one of them. */
const PLACEHOLDER = /change.?me|replace.?me|placeholder|example|default|insecure|password|your.?(?:secret|key)/i;
const COUNTED_UP = /^1234567890/;

/** What people set while they try something out. A text of nothing but these is known to everybody. */
const EVERYBODYS_WORDS: ReadonlySet<string> = new Set([
  ...['secret', 'secrets', 'supersecret', 'topsecret', 'mysecret', 'jwtsecret', 'secretkey', 'key', 'keys', 'token'],
  ...['my', 'the', 'our', 'this', 'is', 'not', 'very', 'super', 'top', 'so', 'shared', 'private', 'signing'],
  ...['jwt', 'api', 'svc', 'service', 'internal', 'auth', 'admin', 'root', 'user', 'test', 'testing', 'tests', 'dev'],
  ...['development', 'local', 'localhost', 'staging', 'prod', 'production', 'stripe', 'holdfast', 'shop', 'none'],
  ...['null', 'undefined', 'todo', 'foo', 'bar', 'baz', 'xxx', 'qwerty', 'letmein', 'hello', 'world'],
]);
const FEWEST_CHARACTERS = 6;

/** Why a text is no secret, as the end of a sentence that begins with the variable's name; nothing where it may be one. */
export function faultsOfSecret(text: string, minimumBytes: number): string[] {
  const faults: readonly [boolean, string][] = [
    [Buffer.byteLength(text) < minimumBytes, `must be at least ${minimumBytes} bytes long`],
    [isKnownToEverybody(text), 'is a default or a placeholder, not a secret'],
    [new Set(text).size < FEWEST_CHARACTERS, 'repeats too few characters to be a secret'],
  ];
  return faults.filter(([is]) => is).map(([, fault]) => fault);
}

function isKnownToEverybody(text: string): boolean {
  if (PLACEHOLDER.test(text) || COUNTED_UP.test(text)) return true;
  const words = text
    .toLowerCase()
    .split(/[^a-z]+/)
    .filter((word) => word !== '');
  return words.length > 0 && words.every((word) => EVERYBODYS_WORDS.has(word));
}
