import type { Notice, PersonalMail } from '../../ports/notifier.js';

/** Keeps what each person was told. Who is in `unreachable` makes it refuse, as a mailbox that is full does. */
export interface MemoryPersonalMail extends PersonalMail {
  readonly told: readonly (Notice & { readonly person: string })[];
  readonly unreachable: Set<string>;
}

/** `people` have an address; nobody else does. */
export function createMemoryPersonalMail(people: readonly string[] = []): MemoryPersonalMail {
  const told: (Notice & { readonly person: string })[] = [];
  const unreachable = new Set<string>();
  return {
    told,
    unreachable,
    tell(person, notice) {
      if (!people.includes(person)) return Promise.resolve('no address');
      if (unreachable.has(person)) return Promise.reject(new Error('the mailbox is full'));
      told.push({ person, ...notice });
      return Promise.resolve('taken');
    },
  };
}
