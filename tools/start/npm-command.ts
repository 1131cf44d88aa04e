/** The command that runs npm with `args`: the npm that runs this process, when there is one, else npm from PATH. */
export function npmCommand(args: readonly string[]): { command: string; args: string[] } {
  const cli = process.env.npm_execpath;
  // npm_execpath may be yarn's or pnpm's; the scripts are written for npm.
  if (cli && /npm-cli\.js$/.test(cli)) return { command: process.execPath, args: [cli, ...args] };
  return { command: process.platform === 'win32' ? 'npm.cmd' : 'npm', args: [...args] };
}
