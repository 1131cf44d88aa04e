// Tests drop databases and flush Redis. These two guards stand between them and anything that matters to somebody.

/** The name of the database in `url`. Throws unless it contains `test`. */
export function requireTestDatabase(url: string): string {
  const name = decodeURIComponent(new URL(url).pathname.slice(1));
  if (!name.includes('test')) {
    throw new Error(`Refusing to test on database "${name}": the name of a test database contains "test".`);
  }
  return name;
}

/** `url` itself. Throws unless it names a database number other than 0, where applications keep their data by default. */
export function requireTestRedis(url: string): string {
  const number = new URL(url).pathname.slice(1);
  if (!/^[1-9]\d*$/.test(number)) {
    throw new Error(`Refusing to test on Redis database "${number === '' ? '0' : number}": tests flush number 15.`);
  }
  return url;
}

/** The value of an environment variable that the global setup provides. A test without its services fails, loudly. */
export function fromGlobalSetup(name: string): string {
  const value = process.env[name];
  if (value === undefined || value === '') {
    throw new Error(`${name} is not set: this test needs PostgreSQL and Redis from test/support/global-setup.mjs.`);
  }
  return value;
}
