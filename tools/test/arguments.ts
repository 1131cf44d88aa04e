/** Options of Jest that choose which tests run and take their value as the next word. */
const choosing = ['-t', '--testNamePattern', '--testPathPatterns', '--selectProjects', '--ignoreProjects', '--shard'];
const choosingFlags = [
  '-o',
  '--onlyChanged',
  '--changedSince',
  '--findRelatedTests',
  '--runTestsByPath',
  '-f',
  '--onlyFailures',
];

/**
 * Whether the arguments pick some of the tests. Then coverage would be measured against thresholds that only the whole
 * suite can reach, and the other checks say nothing about the picked tests.
 */
export function picksTests(args: readonly string[]): boolean {
  return args.some((arg) => {
    // A number is the value of an option such as `--seed 7` or `-w 50%`; any other word is a file pattern.
    if (!arg.startsWith('-')) return !/^\d+%?$/.test(arg);
    const [name = ''] = arg.split('=');
    return choosing.includes(name) || choosingFlags.includes(name);
  });
}
