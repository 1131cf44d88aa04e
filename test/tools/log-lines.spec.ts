import { levelOf } from '../../tools/start/log-stream.js';

const INFO = 30;
const WARN = 40;

describe('levelOf', () => {
  it.each([
    ['{"level":50,"msg":"x"}', 50],
    ['{"level":"error","msg":"x"}', 50],
    ['{"level":"info","msg":"x"}', 30],
  ])('takes the level from %s', (line, level) => {
    expect(levelOf(line, WARN)).toBe(level);
  });

  it.each(['Error: boom', '{"level":', '[1]', 'null', '{"msg":"x"}', '{"level":"loud"}'])(
    'takes the level of its stream for %s',
    (line) => {
      expect(levelOf(line, INFO)).toBe(INFO);
      expect(levelOf(line, WARN)).toBe(WARN);
    },
  );

  it('never shows an empty line', () => {
    expect(levelOf('  ', WARN)).toBe(0);
  });
});
