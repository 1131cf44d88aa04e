/**
 * What the API and the worker find in their environment beside their configuration. The C library reads it before the first line
 * of a program: with one arena for all threads, in place of one for each, it keeps some 11 MB less of what starting took, and
 * with its own two limits, which it would raise as it goes, it gives back another 3 MB and what a moment of much work took.
 */
export const SERVICE_ENVIRONMENT = {
  MALLOC_ARENA_MAX: '1',
  MALLOC_MMAP_THRESHOLD_: '131072',
  MALLOC_TRIM_THRESHOLD_: '131072',
} as const;
