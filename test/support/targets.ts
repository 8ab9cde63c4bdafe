import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

type Labels = Readonly<Record<string, string>>;

/** Something that a Prometheus scrapes, and that counts what it is told. */
export interface Targets {
  readonly host: string;
  /** Of these labels: so many requests more, the errors among them with code 500. */
  count(labels: Labels, requests: number, errors?: number): void;
  /** Forgets all series that have these labels, as a process does that ends. */
  forget(labels: Labels): void;
  /** Has a series tell something else than a number of requests; of this name, if another one. */
  tell(labels: Labels, value: string, name?: string): void;
  /** Answers no scrape from now on, or again. */
  hang(silent: boolean): void;
  close(): Promise<void>;
}

export async function openTargets(): Promise<Targets> {
  const series = new Map<string, { readonly labels: Labels; readonly value: string }>();
  let silent = false;
  const add = (name: string, labels: Labels, more: number): void => {
    const key = written(name, labels);
    series.set(key, { labels, value: String(Number(series.get(key)?.value ?? 0) + more) });
  };
  const server = createServer((_, response) => {
    if (silent) return response.writeHead(503).end();
    response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4' });
    return response.end([...series].map(([key, { value }]) => `${key} ${value}\n`).join(''));
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    count: (labels, requests, errors = 0) => {
      add('http_requests_total', { ...labels, code: '200' }, requests - errors);
      if (errors > 0) add('http_requests_total', { ...labels, code: '500' }, errors);
      for (const le of ['0.005', '0.1', '+Inf'])
        add('http_seconds_bucket', { ...labels, le }, le === '0.005' ? 0 : requests);
    },
    forget: (labels) => {
      for (const [key, one] of series)
        if (Object.entries(labels).every(([name, value]) => one.labels[name] === value)) series.delete(key);
    },
    tell: (labels, value, name = 'http_requests_total') => series.set(written(name, labels), { labels, value }),
    hang: (on) => {
      silent = on;
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}

const written = (name: string, labels: Labels): string =>
  `${name}{${Object.entries(labels)
    .map(([label, value]) => `${label}="${value}"`)
    .join(',')}}`;
