import { lookup } from 'node:dns';
import { readFile } from 'node:fs/promises';
import { get as getPlain, type RequestOptions } from 'node:http';
import { get as getSecure } from 'node:https';
import * as z from 'zod';
import type { PrometheusConfig } from '../../config/config.js';
import { spoken } from '../../domain/duration.js';
import { Unmeasured } from '../../domain/unmeasured.js';
import { guarded } from '../guarded-fetch.js';
import { secretOf, type Variables, whereSecret } from '../secret.js';

/** Whom is asked, and where its secrets are found. */
export interface Asked {
  readonly source: PrometheusConfig;
  readonly variables: Variables;
}

const answerOf = <T extends z.ZodType>(data: T) =>
  z.object({
    status: z.string(),
    data: data.optional(),
    warnings: z.array(z.string()).default([]),
    errorType: z.string().default(''),
    error: z.string().default(''),
  });

interface Query<T extends z.ZodType> {
  readonly query: string;
  /** When it is asked for, as the path wants it. */
  readonly when: Readonly<Record<string, string>>;
  /** The shape of its data. */
  readonly data: T;
}

/** What a path of Prometheus' HTTP API answers to a query; every fault is `Unmeasured`. */
export async function answered<T extends z.ZodType>(
  { source, variables }: Asked,
  path: 'query' | 'query_range',
  { query, when, data }: Query<T>,
): Promise<z.output<T>> {
  const asked = new URL(`${source.url}/api/v1/${path}`);
  asked.search = String(new URLSearchParams({ query, ...when, timeout: `${source.timeout}ms` }));
  const { status, body } = await fetched(asked, source, variables);
  if (status === 401 || status === 403 || (status >= 300 && status < 400))
    throw new Unmeasured('refused', `${whom(source)} answered ${status}: see that its bearer may ask it`);
  const read = parsed(body, data);
  if (!read) throw new Unmeasured('down', `${whom(source)} answered ${status}, and not as a Prometheus does`);
  if (read.errorType === 'timeout') throw new Unmeasured('timeout', `${whom(source)} gave up: ${oneLine(read.error)}`);
  if (status === 400 || status === 422 || read.errorType === 'bad_data')
    throw new Unmeasured('bad-query', `${whom(source)} does not take ${query}: ${oneLine(read.error)}`);
  if (status !== 200 || read.data === undefined)
    throw new Unmeasured('down', `${whom(source)} answered ${status}: ${oneLine(read.error)}`);
  if (read.warnings.length > 0)
    throw new Unmeasured('down', `${whom(source)} answers only in part: ${oneLine(read.warnings.join('; '))}`);
  return read.data;
}

async function fetched(
  url: URL,
  source: PrometheusConfig,
  variables: Variables,
): Promise<{ readonly status: number; readonly body: string }> {
  const { bearer, ca, timeout } = source;
  const token = bearer && (await secretOf(bearer, variables));
  if (bearer && !token) throw new Unmeasured('refused', `${whereSecret(bearer)} for ${whom(source)} holds nothing`);
  const options: RequestOptions = {
    signal: AbortSignal.timeout(timeout),
    lookup: guarded(lookup),
    ...(token && { headers: { authorization: `Bearer ${token}` } }),
  };
  try {
    return await received(url, { ...options, ...(ca !== undefined && { ca: await readFile(ca, 'utf8') }) });
  } catch (fault) {
    throw asUnmeasured(fault, source);
  }
}

const received = (url: URL, options: RequestOptions & { readonly ca?: string }) =>
  new Promise<{ readonly status: number; readonly body: string }>((resolve, reject) => {
    const get = url.protocol === 'https:' ? getSecure : getPlain;
    get(url, options, (response) => {
      const parts: Buffer[] = [];
      let bytes = 0;
      response.on('data', (part: Buffer) => {
        parts.push(part);
        bytes += part.length;
        if (bytes > mostBytes) response.destroy(new TooMuch());
      });
      response.on('error', reject);
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, body: Buffer.concat(parts).toString('utf8') }),
      );
    }).on('error', reject);
  });

/** An answer of more is none of a few lanes. */
const mostBytes = 16 * 1024 * 1024;

class TooMuch extends Error {}

function asUnmeasured(fault: unknown, source: PrometheusConfig): Unmeasured {
  if (fault instanceof TooMuch)
    return new Unmeasured('bad-query', `${whom(source)} answers with more than 16 MiB: see that queries name one lane`);
  const { name, code = name, path } = fault as NodeJS.ErrnoException;
  if (name === 'AbortError' || name === 'TimeoutError')
    return new Unmeasured('timeout', `${whom(source)} did not answer within ${spoken(source.timeout)}`);
  if (path !== undefined && path === source.ca)
    return new Unmeasured('refused', `the authority of ${whom(source)} cannot be read from ${path} (${code})`);
  if (/CERT|SIGNATURE|SELF_SIGNED|ALTNAME|ERR_SSL|EPROTO/.test(code))
    return new Unmeasured('refused', `${whom(source)} is not trusted (${code}): name its authority under ca`);
  return new Unmeasured('down', `${whom(source)} does not answer (${code})`);
}

function parsed<T extends z.ZodType>(body: string, data: T) {
  try {
    return answerOf(data).safeParse(JSON.parse(body)).data;
  } catch {
    return undefined;
  }
}

export const whom = ({ url }: PrometheusConfig): string => `the Prometheus at ${url}`;
const oneLine = (text: string): string => text.replace(/\s+/g, ' ').slice(0, 300);
