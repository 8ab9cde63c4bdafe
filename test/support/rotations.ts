import { days } from '../../src/domain/duration.js';
import type { KnownSecret, SaidRotation } from '../../src/domain/secret.js';
import { tuesday } from './orders.js';

/** What the database of the shop is reached by in production; replaced every 90 days by a service owner. */
export const aSecret: KnownSecret = {
  ...{ name: 'SHOP_DATABASE_URL', kind: 'env' },
  uses: [{ purpose: 'database of shop in production', reader: 'environment/production' }],
  rotation: { every: days(90), owner: 'service-owner' },
};

export const aRotation = (more: Partial<SaidRotation> = {}): SaidRotation => ({
  ...{ secret: aSecret.name, by: 'oscar', reason: 'it was due', at: tuesday, saidAt: tuesday },
  purpose: 'database of shop in production',
  reports: [
    { reader: 'environment/production', fingerprints: { [aSecret.name]: 'k:new' }, running: { shop: 'shop-1' } },
  ],
  ...more,
});
