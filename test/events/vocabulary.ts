import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';

/**
 * What CDEvents 0.5.0 asks of the events that Slipway tells, in words of our own after its published vocabulary
 * (`https://cdevents.dev/0.5.0/schema/…`); the text of the published schemas is not part of this repository.
 */
const word = { type: 'string', minLength: 1 };
const reference = { ...word, format: 'uri-reference' };
const closed = (properties: Readonly<Record<string, unknown>>, required: readonly string[]) => ({
  type: 'object',
  properties,
  required,
  additionalProperties: false,
});
const named = closed({ id: word, source: reference }, ['id']);

const contents: Readonly<Record<string, object>> = {
  'service.deployed': closed({ environment: named, artifactId: word }, ['environment', 'artifactId']),
  'service.upgraded': closed({ environment: named, artifactId: word }, ['environment', 'artifactId']),
  'service.rolledback': closed({ environment: named, artifactId: word }, ['environment', 'artifactId']),
  'incident.detected': incident({}, []),
  'incident.reported': incident({ ticketURI: { ...word, format: 'uri' } }, ['ticketURI']),
  'incident.resolved': incident({}, []),
};

function incident(more: Readonly<Record<string, unknown>>, required: readonly string[]) {
  const properties = { description: { type: 'string' }, environment: named, service: named, artifactId: word };
  return closed({ ...properties, ...more }, ['environment', ...required]);
}

const cdEvent = (type: object, content: object) =>
  closed(
    {
      context: closed(
        {
          specversion: word,
          id: word,
          source: reference,
          type,
          timestamp: { type: 'string', format: 'date-time' },
          schemaUri: { ...word, format: 'uri' },
          chainId: word,
        },
        ['specversion', 'id', 'source', 'type', 'timestamp'],
      ),
      subject: closed({ id: word, source: reference, content }, ['id', 'content']),
      customData: { type: 'object' },
      customDataContentType: { type: 'string' },
    },
    ['context', 'subject'],
  );

const ajv = new Ajv2020({ strict: true, allErrors: true });
addFormats.default(ajv);
const standard = new Map(
  Object.entries(contents).map(([name, content]) => {
    const type = `dev.cdevents.${name}.0.3.0`;
    return [type, ajv.compile(cdEvent({ const: type }, content))] as const;
  }),
);
const pattern = String.raw`^dev\.cdeventsx\.[a-zA-Z0-9]+-[a-zA-Z]+\.[a-zA-Z]+\.[0-9]\.[0-9]\.[0-9]$`;
const custom = ajv.compile(cdEvent({ type: 'string', pattern }, { type: 'object' }));

/** What is wrong with an event, in words; empty where nothing is. */
export function problemsOf(event: { readonly context: { readonly type: string } }): readonly string[] {
  const validate = standard.get(event.context.type) ?? custom;
  if (validate(event)) return [];
  return (validate.errors ?? []).map((error) => `${error.instancePath} ${error.message ?? ''}`);
}
