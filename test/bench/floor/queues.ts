/** Where the floor's workflow and its one activity run. */
export const floorQueues = { workflows: 'floor/workflows', activities: 'floor/activities' } as const;
