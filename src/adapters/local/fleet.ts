import type { Artifact } from '../../domain/artifact.js';
import type { Artifacts } from '../../ports/artifacts.js';
import type { Fleet } from '../../ports/fleet.js';
import { createAskHost } from './client.js';
import type { LocalPlatform } from './client.js';
import type { Source } from './protocol.js';

/** The instances of services as processes of this machine, run by each environment's host. */
export function createLocalFleet(
  of: LocalPlatform & { readonly artifacts: Pick<Artifacts, 'fetch' | 'admit'> },
): Fleet {
  const askHost = createAskHost(of);
  const admitted = async (artifact: Artifact): Promise<Source> => ({
    artifact,
    archive: await of.artifacts.admit(artifact),
  });
  /** What ran before was admitted before: what became of its provenance since keeps nobody from going back to it. */
  const known = async (artifact: Artifact): Promise<Source> => ({
    artifact,
    archive: await of.artifacts.fetch(artifact.digest),
  });
  return {
    read: async (place) => (await askHost(place, { kind: 'look' })).fleet,
    start: async ({ place, artifact, instances, fence }) =>
      (await askHost(place, { kind: 'start', to: await admitted(artifact), instances, fence })).fleet,
    stop: async ({ place, fence }) => (await askHost(place, { kind: 'stop', fence })).fleet,
    startBaseline: async ({ place, artifact, instances, fence }) =>
      (await askHost(place, { kind: 'start-baseline', of: await known(artifact), instances, fence })).fleet,
    stopBaseline: async ({ place, fence }) => (await askHost(place, { kind: 'stop-baseline', fence })).fleet,
    replace: async ({ place, from, to, ...ask }) => {
      const sources = { ...(from && { from: await known(from) }), to: await admitted(to) };
      return (await askHost(place, { kind: 'replace', ...ask, ...sources })).fleet;
    },
    adopt: async ({ place, digest, keepFormer = false, fence }) =>
      (await askHost(place, { kind: 'adopt', digest, keepFormer, fence })).fleet,
    retire: async ({ place, fence }) => (await askHost(place, { kind: 'retire', fence })).fleet,
  };
}
