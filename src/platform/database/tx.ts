import type { EntityManager } from 'typeorm';

/** An open transaction. Always the first parameter, always passed by hand: work outside of it cannot slip in. */
export type Tx = EntityManager;
