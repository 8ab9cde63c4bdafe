import type { PrincipalCheck } from '../approval.js';

/** What is known of principals: their kind, and what the engine calls each of the people. */
export interface KnownPrincipals {
  readonly type: string;
  readonly names: Readonly<Record<string, string>>;
}

/** What the engine says of a signal. */
interface Sender {
  readonly principal?: { readonly type: string; readonly name: string };
  readonly afterReset: boolean;
}

/** Whether a signal was sent by the person whom it names, by what the engine says of it. Every refusal says what counts instead. */
export function whoSent(
  person: string,
  sender: Sender | undefined,
  known: KnownPrincipals | undefined,
): PrincipalCheck {
  if (!known) return no(person, 'slipway.yml does not say that the engine authenticates anybody');
  const name = Object.hasOwn(known.names, person) ? known.names[person] : undefined;
  if (name === undefined) return no(person, `slipway.yml does not say what the engine calls ${person} (principal)`);
  if (!sender?.principal)
    return no(
      person,
      'the engine does not say who has sent it: its server takes an authorizer and frontend.enablePrincipalPropagation',
    );
  if (sender.afterReset)
    return no(person, 'the workflow was reset, and what is sent again is told as sent by whoever has reset it');
  const { type, name: met } = sender.principal;
  if (type !== known.type || met !== name) return no(person, `it was sent by ${type} ${met}, who is not ${person}`);
  return { proved: true, principal: `${type} ${met}` };
}

const no = (person: string, why: string): PrincipalCheck => ({
  proved: false,
  reason: `${why}; add "code" to {"person": "${person}"}, as \`slipway code\` shows it to ${person}, or decide at the front door`,
});
