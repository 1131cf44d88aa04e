import { createServer } from 'node:net';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { decodeJwt } from 'jose';
import { freePort } from '../../tools/services/ports.js';
import { eventually } from '../support/poll.js';
import { StandInProject, type StartedProject } from './stand-in-project.js';

// Each test starts a whole system, which takes seconds even on an idle machine.
jest.setTimeout(90_000);

let project: StandInProject;
let port: number;

function start(environment: Readonly<Record<string, string>> = {}): StartedProject {
  return project.start({ PORT: String(port), ...environment });
}

function line(output: string, name: string): string {
  const found = output.split('\n').find((each) => each.startsWith(`${name} `));
  return found?.slice(name.length + 1) ?? '';
}

describe('npm start, once it has started', () => {
  let running: StartedProject;

  beforeAll(async () => {
    project = new StandInProject();
    port = await freePort();
    running = start();
    await running.ready();
  });
  afterAll(() => project.remove());

  it('prints one fact a line and three commands that lead to a paid order', () => {
    const output = running.output();

    expect(line(output, 'API')).toBe(`http://127.0.0.1:${port}`);
    expect(line(output, 'Docs')).toBe(`http://127.0.0.1:${port}/docs`);
    expect(line(output, 'Stripe sandbox')).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(decodeJwt(line(output, 'Customer token'))).toMatchObject({ sub: 'demo-customer', roles: ['customer'] });
    expect(decodeJwt(line(output, 'Admin token'))).toMatchObject({ sub: 'demo-admin', roles: ['admin'] });
    expect(line(output, 'Internal key')).toMatch(/^svc_dev_\S{43}$/);
    const commands = output.split('\n').filter((each) => each.startsWith('curl '));
    expect(commands.map((command) => command.replace(/'Bearer \S+'/, 'token').split(' -d ')[1])).toEqual([
      `'{"items":[{"product_id":"prod_a","quantity":2},{"product_id":"prod_b","quantity":1}]}'`,
      `'{"shipping_address":{"line1":"1 Market Street","city":"San Francisco","state":"CA","postal_code":"94105","country":"US"},"payment_method":"pm_card_visa"}'`,
      undefined,
    ]);
  });

  it('refuses a second start in the same folder and leaves the first one running', async () => {
    const second = start({ PORT: String(await freePort()) });
    const exit = await second.exited;

    expect(exit).toBe(1);
    expect(second.output()).toContain(`Holdfast already runs in this folder (pid ${running.process.pid ?? 0},`);
    expect((await fetch(`http://127.0.0.1:${port}/health/ready`)).status).toBe(200);
  });
});

describe('npm start', () => {
  beforeEach(async () => {
    project = new StandInProject();
    port = await freePort();
  });

  afterEach(() => project.remove());

  it('keeps random secrets for its owner alone, and leaves out the sandbox for a key of Stripe', async () => {
    const started = start({ STRIPE_SECRET_KEY: 'sk_test_of_my_own' });
    await started.ready();

    expect(started.output()).not.toContain('Stripe sandbox');
    expect(project.run().children.map(({ name }) => name)).not.toContain('sandbox');
    expect(statSync(join(project.dataDir, 'dev-secrets.json')).mode & 0o777).toBe(0o600);
  });

  it('stops the application before what it needs, and a second start finds the same data without a build', async () => {
    const first = start();
    await first.ready();
    const run = project.run();
    process.kill(-(first.process.pid ?? NaN), 'SIGINT');
    const firstExit = await first.exited;
    const leftEnvironment = project.has('data/run.env');
    await project.nothingLeftOf(run);

    const second = start();
    await second.ready();

    expect([firstExit, leftEnvironment]).toEqual([0, false]);
    expect(project.read('data/run.env')).toMatch(/^DATABASE_URL='postgres:.*'\nREDIS_URL='redis:.*'\nJWT_SECRET='/);
    expect(run.children.map(({ name }) => name).sort()).toEqual([
      'api',
      'js-redis-server',
      'postgres',
      'sandbox',
      'worker',
    ]);
    expect(first.output()).toMatch(
      /Stopping\n(api \| api stops\nworker|worker \| worker stops\napi) \| .*\nsandbox \| sandbox stops\n$/,
    );
    expect(first.output()).toContain('Building');
    expect(second.output()).not.toContain('Building');
    expect(project.read('data/logs/migrate.log')).toBe('start number 1\nstart number 2\n');
    expect(line(second.output(), 'Internal key')).toBe(line(first.output(), 'Internal key'));
  });

  it('leaves nothing behind when it is killed, and starts again at once', async () => {
    const killed = start();
    await killed.ready();
    const run = project.run();
    killed.process.kill('SIGKILL');
    await killed.exited;

    const next = start();
    await next.ready();

    await project.nothingLeftOf(run);
    expect(project.read('data/logs/migrate.log')).toBe('start number 1\nstart number 2\n');
  });

  it('says which process died, shows its last lines and stops the rest', async () => {
    const started = start();
    await started.ready();
    const run = project.run();

    await expect(fetch(`http://127.0.0.1:${port}/die`)).rejects.toThrow('fetch failed');
    const exit = await started.exited;

    expect(exit).toBe(1);
    expect(started.output()).toContain('api exited with code 3; its last lines:\n{"level":30,"msg":"api is up"}\n');
    await project.nothingLeftOf(run);
  });

  it('names the port that is taken and the variable that changes it', async () => {
    const holder = createServer();
    await new Promise<void>((listening) => holder.listen(0, '127.0.0.1', listening));
    const address = holder.address();
    const taken = typeof address === 'object' ? address?.port : undefined;

    const started = start({ PORT: String(taken) });
    const exit = await started.exited;
    holder.close();

    expect(exit).toBe(1);
    expect(started.output()).toContain(`Port ${taken} on 127.0.0.1 is taken: set PORT to a free one`);
    expect(project.has('data/run.json')).toBe(false);
  });

  it('shows what the compiler said when the build fails', async () => {
    project.write('package.json', JSON.stringify({ scripts: { build: 'echo "main.ts:1 is wrong" && exit 2' } }));

    const started = start();
    const exit = await started.exited;

    expect(exit).toBe(1);
    await eventually(() => expect(started.output()).toContain('npm run build exited with code 2:\nmain.ts:1 is wrong'));
  });
});
