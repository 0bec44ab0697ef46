#ifndef PARTITION_BUILD_H
#define PARTITION_BUILD_H

/* The commit that was built, shortened, with a plus for changes on top of it; empty where the sources are no repository. */
const char *partition_build_commit(void);

#endif
