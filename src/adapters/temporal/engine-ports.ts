import { createServer } from 'node:net';

/** Where the embedded engine listens, all on 127.0.0.1. */
export interface EnginePorts {
  readonly grpc: number;
  readonly ui: number;
  readonly metrics: number;
}

/** 0 lets the system choose, and the choice is kept. */
export type WantedPorts = Partial<EnginePorts>;

/** Temporal's usual ones, which people's tools and bookmarks know. */
const usual: EnginePorts = { grpc: 7233, ui: 8233, metrics: 0 };
const purpose: Readonly<Record<keyof EnginePorts, string>> = {
  grpc: 'Temporal server (gRPC)',
  ui: 'Temporal UI',
  metrics: 'Temporal metrics',
};

/** Ports that are free now: what is asked for must be; then those of the last run, so that links stay good; then the usual. */
export async function choosePorts(wanted: WantedPorts, last: EnginePorts | undefined): Promise<EnginePorts> {
  const chosen: number[] = [];
  const choose = async (name: keyof EnginePorts): Promise<number> => {
    const asked = wanted[name];
    if (asked) await mustBeFree(name, asked);
    const candidates = asked ? [asked] : [last?.[name] ?? 0, asked === undefined ? usual[name] : 0];
    const port = (await firstFree(candidates.filter((c) => c > 0 && !chosen.includes(c)))) ?? (await anyFree());
    chosen.push(port);
    return port;
  };
  return { grpc: await choose('grpc'), ui: await choose('ui'), metrics: await choose('metrics') };
}

/** Throws, naming the port and what it is for, unless all can be had. */
export async function mustAllBeFree(ports: EnginePorts): Promise<void> {
  for (const name of ['grpc', 'ui', 'metrics'] as const) await mustBeFree(name, ports[name]);
}

async function mustBeFree(name: keyof EnginePorts, port: number): Promise<void> {
  if (!(await isFree(port))) throw new Error(`Port ${port} for the ${purpose[name]} is taken by another process.`);
}

async function firstFree(candidates: readonly number[]): Promise<number | undefined> {
  for (const port of candidates) if (await isFree(port)) return port;
  return undefined;
}

const isFree = async (port: number): Promise<boolean> => (await listenOn(port)) !== undefined;

async function anyFree(): Promise<number> {
  const port = await listenOn(0);
  if (port === undefined) throw new Error('No free port on 127.0.0.1.');
  return port;
}

/** Listens for a moment; the port it had, or nothing when another has it. */
function listenOn(port: number): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (fault: NodeJS.ErrnoException) =>
      fault.code === 'EADDRINUSE' || fault.code === 'EACCES' ? resolve(undefined) : reject(fault),
    );
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : undefined));
    });
  });
}
