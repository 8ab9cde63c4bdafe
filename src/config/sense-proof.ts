import type { Config } from './config.js';
import type { SenseFinding } from './problems.js';

/** What proves who approves proves it of one person, and only where somebody has said that it can be believed. */
export function senseOfProof(config: Config): readonly SenseFinding[] {
  return [...shared(config, 'mail'), ...shared(config, 'principal'), ...authenticated(config)];
}

const sharedMeans = {
  mail: (person: string) => `an address that ${person} alone reads: approval codes are sent there`,
  principal: (person: string) => `what the Temporal server calls ${person} alone`,
};

/** What two share would let one be both. Letters of an address may be small or large. */
function shared({ people }: Config, key: 'mail' | 'principal'): readonly SenseFinding[] {
  const all = Object.entries(people).flatMap(([person, { [key]: written }]) =>
    written === undefined ? [] : [{ person, met: key === 'mail' ? written.toLowerCase() : written }],
  );
  return all.flatMap(({ person, met }, index): readonly SenseFinding[] => {
    const other = all.slice(0, index).find((one) => one.met === met)?.person;
    if (other === undefined) return [];
    const wanted = `${sharedMeans[key](person)}, and ${other} has the same`;
    return [{ path: ['people', person, key], at: 'value', wanted, reads: [['people', other, key]] }];
  });
}

function authenticated({ people, engine }: Config): readonly SenseFinding[] {
  const named = Object.keys(people).filter((person) => people[person]?.principal !== undefined);
  if (engine && named.length === 0) {
    const wanted =
      'a principal of at least one of the people, as in people: { grace: { principal: grace@example.org } }';
    return [{ path: ['engine', 'authenticates'], at: 'value', wanted, reads: [['people']] }];
  }
  if (engine) return [];
  return named.map((person) => ({
    path: ['people', person, 'principal'],
    at: 'value',
    wanted: 'engine: { authenticates: jwt } beside the people: a server that authenticates nobody proves nothing',
    reads: [['engine']],
  }));
}
