import { after, between } from '../../domain/duration.js';
import type { Place } from '../../domain/environment.js';
import type { Answer, Metrics, Question } from '../../ports/metrics.js';
import type { MemoryWorld } from './world.js';

/** What the users of a world in memory were answered, and what it was told of figures. */
export const createMemoryMetrics = (world: MemoryWorld): Metrics => ({
  sample: (place) => Promise.resolve(world.sample(place)),
  ask: (place, questions) => Promise.resolve(questions.map((question) => answerOf(world, place, question))),
  past: async (place, question, { every, count }) => {
    const moments = Array.from({ length: count }, (_, i) => after(question.at, (i - count) * every));
    const answers = await Promise.resolve(moments.map((at) => answerOf(world, place, { ...question, at })));
    return answers.map((answer) => {
      if (answer instanceof Error) throw answer;
      return answer;
    });
  },
});

/** What was told last before the moment. */
function answerOf(world: MemoryWorld, place: Place, { query, lane, at }: Question): Answer {
  const told = world.figures(place, query, lane).findLast((figure) => between(figure.at, at) >= 0);
  return told?.value ?? null;
}
