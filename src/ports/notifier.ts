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

/** Tells those who use what runs in an environment. Returns when it was taken, and throws otherwise, as a `Notifier` does. */
export interface Customers {
  tell(environment: string, notice: Notice): Promise<void>;
}
