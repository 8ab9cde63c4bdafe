/** Something people should know, wherever they are. */
export interface Notice {
  /** The same notice, told again, has the same key. */
  readonly key: string;
  /** One sentence, then what to do: plain text. */
  readonly text: string;
}

/**
 * Tells people. Returns when the notice was taken by every channel there is; throws where one did not take it, in words
 * that hold no address and no password. A channel is one of these itself.
 */
export interface Notifier {
  tell(notice: Notice): Promise<void>;
}

/**
 * Tells one of the people of `slipway.yml` alone, by mail, what nobody else may read. Answers `no address` where that
 * person or this Slipway has none. Throws where it was not taken, as a `Notifier` does, and in words that hold nothing of the text.
 */
export interface PersonalMail {
  tell(person: string, notice: Notice): Promise<'taken' | 'no address'>;
}

/** Tells those who use what runs in an environment. Returns when it was taken, and throws otherwise, as a `Notifier` does. */
export interface Customers {
  tell(environment: string, notice: Notice): Promise<void>;
}
