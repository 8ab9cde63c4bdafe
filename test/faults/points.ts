/** The workflows of a release, as a point names them. */
export const workflows = ['service', 'release', 'rollout'] as const;
export type WorkflowKind = (typeof workflows)[number];

/** Where a worker is killed: when this event of that workflow appears, counting from 1 and, in the mailbox, from the asking. */
export interface Point {
  readonly scenario: string;
  readonly workflow: WorkflowKind;
  readonly index: number;
}

/** How many events each workflow of an undisturbed run has had. */
export type Counts = Readonly<Record<WorkflowKind, number>>;

/** Every event of a golden run. */
export const pointsOf = (scenario: string, counts: Counts): readonly Point[] =>
  workflows.flatMap((workflow) =>
    Array.from({ length: counts[workflow] }, (_, at) => ({ scenario, workflow, index: at + 1 })),
  );

export const nameOf = ({ scenario, workflow, index }: Point): string => `${scenario} ${workflow} ${index}`;

/** The same points in an order left to chance: what is tried first is not always the same. */
export function shuffled<T>(points: readonly T[], chance: () => number): readonly T[] {
  const order = points.map((point) => ({ point, at: chance() }));
  return order.toSorted((a, b) => a.at - b.at).map(({ point }) => point);
}
