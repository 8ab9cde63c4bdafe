import type { PlaceNow, Reconciliation } from '../../recovery.js';
import type { RecoveryFacts } from './facts.js';

type Rebuilt = Omit<Reconciliation, 'restored' | 'unknown'>;

/** What is restored, line by line, as people read it before they say yes. */
export function restoredSentences(rebuilt: Rebuilt, { places, stories }: RecoveryFacts): readonly string[] {
  const { running, vetoes, debts, evidence, drilled, lost, over } = rebuilt;
  return [
    ...places.map((place) => placeSentence(place, running)),
    ...vetoes.map(({ version, reason }) => `${version} is vetoed: ${reason}`),
    ...debts.map(({ changeId, due }) => `the review of the emergency release ${changeId} is owed, due ${due}`),
    ...evidence.map(({ item, what, by, at }) => `evidence of ${item}: ${what} (${by}, ${at})`),
    ...(drilled ? [`the latest drill, in ${drilled.environment} at ${drilled.at}: ${drilled.kind}`] : []),
    ...lost.map(({ changeId, version, said }) => `${changeId} (${version}) is closed as lost: ${said}`),
    ...over.map((changeId) => `${changeId} is ended in the engine, which had it as it was before the records`),
    `${stories.length} changes and their keys are known again: none of them is deployed again`,
  ];
}

function placeSentence(place: PlaceNow, running: Rebuilt['running']): string {
  const { environment } = place;
  const at = running[environment];
  if ('unseen' in place) return `${environment}: ${at?.current.tag ?? 'nothing'}, by the records alone`;
  if (!place.stable) return `${environment}: nothing runs`;
  const before = at?.former ? `; before it ran ${at.former.version}` : '; nothing that could come back is known';
  const users =
    place.share > 0 ? `; ${place.share} % of its users are on ${place.candidate?.version ?? 'a candidate'}` : '';
  const left = place.baseline ? `; a baseline of ${place.baseline.version} is there, which the next release ends` : '';
  return `${environment}: ${place.stable.tag}, read back from the platform${before}${users}${left}`;
}

/** What neither the records nor the world can tell, and what is taken instead. */
export function unknownSentences({ running }: Rebuilt, facts: RecoveryFacts): readonly string[] {
  const { service, places, older, stories, memory } = facts;
  const unseen = places.flatMap((place) => ('unseen' in place ? [place] : []));
  const strange = places.filter(
    (place) => !('unseen' in place) && place.stable && running[place.environment]?.changeId === '',
  );
  const unread = stories.filter(({ planned }) => planned === '').map(({ changeId }) => changeId);
  return [
    ...unseen.map(({ environment, unseen: why }) => `what runs in ${environment} cannot be read back: ${why}`),
    ...strange.map(
      ({ environment }) => `no change is recorded that brought to ${environment} what runs there: slipway drift`,
    ),
    'holds of the line are not recorded: set them again, slipway hold',
    `vetoes that people set or lifted are not recorded: ${memory.vetoes?.length ? 'those that the engine still has are kept' : `set them again, slipway veto ${service} VERSION`}; every version that went back and was not adopted since is vetoed`,
    'what watched a version after its adoption may have ended with the engine: look at it yourself; its former version stays warm until the next adoption',
    ...(unread.length > 0 ? [`the planned rows of ${unread.join(', ')} are not as they were recorded`] : []),
    ...(older > 0 ? [`${older} older changes are not looked at: what they vetoed is to be vetoed again`] : []),
  ];
}
