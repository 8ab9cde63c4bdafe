import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/** SciPy in a process of its own: it answers how long its Mann–Whitney test takes on the samples it is sent. */
export interface SciPy {
  readonly version: string;
  /** Microseconds a call, the median of `calls`. */
  measure(x: Float64Array, y: Float64Array, calls: number): Promise<{ readonly us: number; readonly pValue: number }>;
  close(): void;
}

const program = `
import json, sys, time, statistics
import numpy, scipy
from scipy.stats import mannwhitneyu
print(json.dumps({'version': scipy.__version__}), flush=True)
for line in sys.stdin:
    ask = json.loads(line)
    x, y = numpy.array(ask['x']), numpy.array(ask['y'])
    times = []
    for _ in range(ask['calls']):
        begun = time.perf_counter_ns()
        test = mannwhitneyu(x, y, method='asymptotic')
        times.append(time.perf_counter_ns() - begun)
    print(json.dumps({'us': statistics.median(times) / 1000, 'pValue': float(test.pvalue)}), flush=True)
`;

/** Undefined where there is no \`python3\` on PATH, or none that can import SciPy. */
export async function openSciPy(): Promise<SciPy | undefined> {
  const child = spawn('python3', ['-c', program], { stdio: ['pipe', 'pipe', 'ignore'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const answer = async <T>(): Promise<T | undefined> => {
    const next = await lines.next();
    return next.done === true ? undefined : (JSON.parse(next.value) as T);
  };
  const said = await Promise.race([answer<{ version: string }>(), failed(child)]);
  if (said === undefined) return undefined;
  return {
    version: said.version,
    async measure(x, y, calls) {
      child.stdin.write(`${JSON.stringify({ x: [...x], y: [...y], calls })}\n`);
      const met = await answer<{ us: number; pValue: number }>();
      if (met === undefined) throw new Error('SciPy has ended before it answered');
      return met;
    },
    close: () => child.stdin.end(),
  };
}

async function failed(child: ChildProcess): Promise<undefined> {
  await once(child, 'error');
  return undefined;
}
