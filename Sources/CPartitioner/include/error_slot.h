/* The last error of each thread. Internal: not installed, not exported. */
#ifndef PARTITIONER_ERROR_SLOT_H
#define PARTITIONER_ERROR_SLOT_H

/* Copies the text; NULL clears it. */
void error_slot_set(const char *text);

/* Never NULL; valid until the next error_slot_set() on this thread. */
const char *error_slot_get(void);

#endif
