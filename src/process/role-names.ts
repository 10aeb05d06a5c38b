/** The roles that a process can have, by the names that they are started by. */
export const roles = ['store', 'engine', 'sink', 'gateway', 'demo'] as const;
export type Role = (typeof roles)[number];
