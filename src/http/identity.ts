import type { Config } from '../config/config.js';
import { implementationWrangler, type Person } from '../domain/environment.js';

/** Who holds a token: a name, established by its secret. */
export interface Tokens {
  identify(token: string): Promise<string | undefined>;
}

/** The person made at first start, for whom nobody has to be named in `slipway.yml`. */
export const operator: Person = { person: 'operator', roles: [implementationWrangler] };

/** Turns a token into a person with roles; nobody whom the configuration does not know any more is let in. */
export interface Identity {
  identify(token: string): Promise<Person | undefined>;
}

export function createIdentity({ tokens, config }: { readonly tokens: Tokens; readonly config: Config }): Identity {
  return {
    async identify(token) {
      const name = await tokens.identify(token);
      if (name === undefined) return undefined;
      const person = Object.hasOwn(config.people, name) ? config.people[name] : undefined;
      if (person) return { person: name, roles: person.roles };
      return name === operator.person ? operator : undefined;
    },
  };
}

/** The token of an `Authorization` header: `Bearer`, and for browsers the password of `Basic`. */
export function tokenOf(header: string | undefined, basic: boolean): string | undefined {
  const [, scheme, value] = /^(Bearer|Basic) +([\w.~+/=-]{1,500})$/i.exec(header ?? '') ?? [];
  if (value === undefined) return undefined;
  if (scheme?.toLowerCase() === 'bearer') return value;
  if (!basic) return undefined;
  const [, password] = /^[^:]*:(.*)$/s.exec(Buffer.from(value, 'base64').toString()) ?? [];
  return password;
}
