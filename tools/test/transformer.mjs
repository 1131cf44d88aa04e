// Jest loads this file as it is, so it is JavaScript.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import babel from '@babel/core';
import swc from '@swc/jest';
import istanbul from 'babel-plugin-istanbul';

const ownText = readFileSync(fileURLToPath(import.meta.url));

/**
 * `@swc/jest` that counts coverage in what the author wrote: Istanbul puts its counters into the TypeScript source, which
 * Babel only parses and prints, before swc compiles it. In compiled code the branches that stand for decorator metadata
 * would count as well, and V8's own coverage takes longer than the tests.
 */
export default {
  createTransformer(options) {
    const compiler = swc.createTransformer(options);
    const compilerOfCounted = swc.createTransformer({ ...options, inputSourceMap: true });
    return {
      canInstrument: true,
      process: (source, file, jest) =>
        jest.instrument
          ? compilerOfCounted.process(withCounters(source, file), file, jest)
          : compiler.process(source, file, jest),
      // One file has two compiled texts, and the one with counters also depends on this file.
      getCacheKey: (source, file, jest) =>
        createHash('sha256')
          .update(compiler.getCacheKey(source, file, jest))
          .update(jest.instrument ? ownText : 'without counters')
          .digest('hex'),
    };
  },
};

function withCounters(source, file) {
  const { code } = babel.transformSync(source, {
    babelrc: false,
    configFile: false,
    filename: file,
    compact: false,
    // swc reads it there and hands it on, so that stack traces name the lines of the source.
    sourceMaps: 'inline',
    parserOpts: { plugins: ['typescript', 'decorators-legacy'] },
    plugins: [[istanbul, { exclude: [] }]],
  });
  return code;
}
