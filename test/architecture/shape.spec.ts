import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { projectRoot } from './probe-tree.js';

//
describe('the shape of the repository', () => {
  const manifest: Record<'dependencies' | 'devDependencies', Record<string, string>> = JSON.parse(
    fs.readFileSync(path.join(projectRoot, 'package.json'), 'utf8'),
  );

  it.each([
    '@nestjs/core',
    '@nestjs/typeorm',
    'typeorm',
    'pg',
    '@nestjs/bullmq',
    'bullmq',
    'ioredis',
    'stripe',
    'class-validator',
  ])('depends on %s at run time, pinned to one version', (name) => {
    expect(manifest.dependencies[name]).toMatch(/^\d+\.\d+\.\d+$/);
  });

  it.each(['@nestjs/testing', 'supertest', 'jest'])('is tested with %s, pinned to one version', (name) => {
    expect(manifest.devDependencies[name]).toMatch(/^\d+\.\d+\.\d+$/);
  });

  it.each([
    'package.json',
    'nest-cli.json',
    'tsconfig.json',
    'src',
    'test',
    'migrations',
    'docker-compose.yml',
    '.env.example',
  ])('has %s at the top', (name) => {
    expect(fs.existsSync(path.join(projectRoot, name))).toBe(true);
  });
});

//
describe('the coverage that is asked for', () => {
  it('is 80 % of lines, branches, functions and statements of everything under src/ but the entry points', () => {
    const jest = path.join(projectRoot, 'node_modules/jest/bin/jest.js');
    const output = execFileSync(process.execPath, [jest, '--showConfig'], { cwd: projectRoot, encoding: 'utf8' });
    const { globalConfig } = JSON.parse(output);

    expect(globalConfig.coverageThreshold).toEqual({
      global: { lines: 80, branches: 80, functions: 80, statements: 80 },
    });
    expect(globalConfig.collectCoverageFrom).toEqual([
      'src/**/*.ts',
      '!src/**/*.spec.ts',
      '!src/{main,worker,migrate,seed,audit}.ts',
    ]);
  });
});
