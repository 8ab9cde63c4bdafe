import type { Asked, Ended } from './slipway-cli.js';

/**
 * Runs `src/cli/main.js` once for every command it is sent, as a process of its own would: with these arguments, this
 * folder and this environment. Only the libraries stay loaded from one to the next.
 */
const main = new URL('../../src/cli/main.js', import.meta.url).href;
let runs = 0;
let current: { out: string; err: string; readonly end: (code: number) => void } | undefined;

process.stdout.write = (text: string | Uint8Array) => keep('out', text);
process.stderr.write = (text: string | Uint8Array) => keep('err', text);
process.exit = (code) => {
  current?.end(Number(code ?? process.exitCode ?? 0));
  throw new Error('this command has ended');
};
process.on('message', (asked: Asked) => {
  void run(asked).then((ended) => process.send?.(ended));
});

function keep(to: 'out' | 'err', text: string | Uint8Array): boolean {
  if (current !== undefined) current[to] += String(text);
  return true;
}

async function run({ args, cwd, env }: Asked): Promise<Ended> {
  process.chdir(cwd);
  process.env = { ...env };
  process.argv = [process.execPath, main, ...args];
  process.exitCode = undefined;
  process.stdout.removeAllListeners('error');
  runs += 1;
  const code = await new Promise<number>((end) => {
    current = { out: '', err: '', end };
    import(`${main}?run=${runs}`).then(
      () => end(Number(process.exitCode ?? 0)),
      (fault: unknown) => {
        keep('err', String(fault));
        end(1);
      },
    );
  });
  const { out = '', err = '' } = current ?? {};
  current = undefined;
  return { code, out, err };
}
